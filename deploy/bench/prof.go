package main
import ("os";"runtime/pprof")
func profile(f string) func() { o,_ := os.Create(f); pprof.StartCPUProfile(o); return func(){ pprof.StopCPUProfile(); o.Close() } }
