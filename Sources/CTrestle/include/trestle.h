// The tabletop for programs in other languages: open the scenes, start episodes, step and draw many at a time.
//
// Every function returns a status and leaves, where that is not TRESTLE_OK, a sentence for `trestle_last_error`.
// Null pointers, wrong sizes, calls out of order and handles that are closed or made up are errors, never crashes; only a
// pointer to memory that is not the caller's cannot be told. Any thread may call at any time; calls on one batch wait
// for each other. Coordinates are in metres and radians, images 8-bit RGB from the top left.

#ifndef TRESTLE_H
#define TRESTLE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#define TRESTLE_NULLABLE _Nullable
#else
#define TRESTLE_NULLABLE
#endif

/// The version of this interface: it changes whenever a caller must.
#define TRESTLE_INTERFACE 1

/// How many numbers an action has.
#define TRESTLE_ACTION_COUNT 7

/// TRESTLE_OK, or why a call did nothing.
typedef int32_t trestle_status;

/// Done.
#define TRESTLE_OK 0
/// An argument is null, of the wrong size, unknown or out of its range.
#define TRESTLE_BAD_ARGUMENT 1
/// A file of the root folder cannot be used.
#define TRESTLE_BAD_FILE 2
/// Nothing draws here: no OpenGL driver, or it failed.
#define TRESTLE_NO_RENDERER 3
/// The slot has no episode, or its episode is over.
#define TRESTLE_NOT_READY 4
/// A buffer is too small; its needed size was told.
#define TRESTLE_TOO_SMALL 5
/// Anything else.
#define TRESTLE_FAILED 6

/// A simulator or a batch. 0 is never one.
typedef uint64_t trestle_handle;

/// What came of a control step.
typedef struct {
  /// 1 in the step in which the goal has held for as long as the task asks, else 0.
  double reward;
  /// The most partial credit so far, 0 to 1.
  double progress;
  /// Control steps made in this episode.
  int32_t steps;
  /// Whether the goal has held: the episode is over, solved.
  uint8_t terminated;
  /// Whether the step limit is reached unsolved.
  uint8_t truncated;
  /// Always 0.
  uint8_t reserved[2];
} trestle_outcome;

/// TRESTLE_INTERFACE of the library.
int32_t trestle_interface_version(void);

/// What went wrong in the last call of this thread that failed.
///
/// All texts come this way: UTF-8 with a final zero byte, into `text` of `capacity` bytes; `length` receives the
/// bytes without the zero. Where it does not fit, nothing is written and the status is TRESTLE_TOO_SMALL.
trestle_status trestle_last_error(
    char *TRESTLE_NULLABLE text, int64_t capacity, int64_t *TRESTLE_NULLABLE length);

/// Reads `Scenes/` and `Benchmarks/` in a root folder.
///
/// - contexts: how many pictures are drawn at a time; 0 for one a core, up to four.
trestle_status trestle_open(
    const char *TRESTLE_NULLABLE root, int32_t contexts, trestle_handle *TRESTLE_NULLABLE simulator);

/// Suites with their tasks, and set-ups with cameras, state and action, as JSON.
trestle_status trestle_catalog(
    trestle_handle simulator, char *TRESTLE_NULLABLE text, int64_t capacity,
    int64_t *TRESTLE_NULLABLE length);

/// A batch of empty slots for episodes of one set-up, 1 to 1024 of them.
trestle_status trestle_make(
    trestle_handle simulator, const char *TRESTLE_NULLABLE setup, int32_t slots,
    trestle_handle *TRESTLE_NULLABLE batch);

/// Starts an episode in a slot, whatever was in it.
///
/// - episode: its name as `bench` writes it: `semantic/lift-white-tape#3@0` is number 3 of that task under seed 0; `~` in
///   front is the clean twin, `+s0.5` at the end another strength than 1.
trestle_status trestle_reset(
    trestle_handle batch, int32_t slot, const char *TRESTLE_NULLABLE episode);

/// The episode in a slot: name, instruction, step limit, factors and content hash, as JSON.
trestle_status trestle_episode(
    trestle_handle batch, int32_t slot, char *TRESTLE_NULLABLE text, int64_t capacity,
    int64_t *TRESTLE_NULLABLE length);

/// The episode in a slot as a line of `episodes.jsonl`, once it is over.
trestle_status trestle_record(
    trestle_handle batch, int32_t slot, char *TRESTLE_NULLABLE text, int64_t capacity,
    int64_t *TRESTLE_NULLABLE length);

/// Makes one control step in slots of a batch; in none of them where one cannot.
///
/// - which: a byte a slot, 0 for those to leave alone; null for all.
/// - actions: `[slots, 7]`: displacement [m] and roll, pitch, yaw [rad] in the base frame, gripper.
/// - count: of numbers in `actions`: slots × 7.
/// - outcomes: one a slot; those of slots left alone are not written.
trestle_status trestle_step(
    trestle_handle batch, const uint8_t *TRESTLE_NULLABLE which,
    const double *TRESTLE_NULLABLE actions, int64_t count,
    trestle_outcome *TRESTLE_NULLABLE outcomes, int64_t outcome_count);

/// Draws what a camera sees in slots: `[slots, height, width, 3]`, `size` bytes in all.
trestle_status trestle_render(
    trestle_handle batch, const uint8_t *TRESTLE_NULLABLE which, const char *TRESTLE_NULLABLE camera,
    uint8_t *TRESTLE_NULLABLE pixels, int64_t size);

/// The robot's state in slots: `[slots, state]`, as the set-up lays it out.
trestle_status trestle_state(
    trestle_handle batch, const uint8_t *TRESTLE_NULLABLE which, double *TRESTLE_NULLABLE numbers,
    int64_t count);

/// What the scripted expert, which reads the world, would do in slots: `[slots, 7]`.
trestle_status trestle_expert(
    trestle_handle batch, const uint8_t *TRESTLE_NULLABLE which, double *TRESTLE_NULLABLE actions,
    int64_t count);

/// Lets a simulator or batch go. A batch keeps its simulator until it is closed itself.
trestle_status trestle_close(trestle_handle handle);

#ifdef __cplusplus
}
#endif

#endif
