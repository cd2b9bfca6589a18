module toolkit/interop/msgpackrpc

go 1.19

require github.com/hashicorp/net-rpc-msgpackrpc/v2 v2.0.0

require (
	github.com/hashicorp/errwrap v1.0.0 // indirect
	github.com/hashicorp/go-msgpack/v2 v2.0.0 // indirect
	github.com/hashicorp/go-multierror v1.1.1 // indirect
)
