module toolkit/interop

go 1.19
