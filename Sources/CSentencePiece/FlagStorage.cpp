// SentencePiece and libtorch's c10 both have a global variable `FLAGS_minloglevel`, of 32 bytes in the one and 4 in the other. The
// loader gives both libraries one place for it. Were it c10's, SentencePiece's constructor would write over the flags behind it,
// one of which makes libtorch abort where it would throw. The program's own comes before both, and has room for the larger.
extern "C" {
alignas(16) __attribute__((used, visibility("default"))) char FLAGS_minloglevel[64];
}
