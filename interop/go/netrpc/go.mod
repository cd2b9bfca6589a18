module toolkit/interop/netrpc

go 1.19

require github.com/keegancsmith/rpc v1.3.0
