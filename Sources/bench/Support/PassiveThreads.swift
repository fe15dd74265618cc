import Foundation

/// Makes libtorch's threads sleep while they wait for each other.
///
/// By default GNU OpenMP lets them spin, which on a machine that does anything else besides doubles the CPU time of every
/// network call. The library reads the setting when it is loaded, before `main`, so the program starts itself once more
/// with it; a user's own setting stays.
func makeThreadsWaitPassively() {
  guard getenv("OMP_WAIT_POLICY") == nil, getenv("GOMP_SPINCOUNT") == nil else { return }
  setenv("OMP_WAIT_POLICY", "passive", 1)
  // By its own path, after which `ps` and `top` call the process; by the link where the file has been replaced since.
  // Each returns only on failure, and then all goes on as before, slower.
  let link = "/proc/self/exe"
  if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link) {
    execv(path, CommandLine.unsafeArgv)
  }
  execv(link, CommandLine.unsafeArgv)
}
