module toolkit/interop/servemux

go 1.22
