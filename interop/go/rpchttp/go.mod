module toolkit/interop/rpchttp

go 1.19
