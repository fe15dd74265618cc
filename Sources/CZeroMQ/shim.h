// libzmq, through which GR00T's servers talk.
#pragma once
#include <zmq.h>
