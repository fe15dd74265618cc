import Foundation
import Testing

/// A training that ends wherever a signal happens to strike.
@Suite struct KilledTrainingTests {
  private static let recipe = """
    policy: openvla
    seed: 1
    precision: float32
    output: checkpoint
    model:
      {image_size: 56, patch_size: 14, vision_width: 16, vision_depth: 1, vision_heads: 1, width: 16, depth: 1,
       heads: 1, feed_forward_width: 32, grounding: none, location_bins: 0}
    tokenizer: {size: 400, symbols: []}
    optimizer: {beta1: 0.9, beta2: 0.95, weight_decay: 0.05, clip_norm: 1.0}
    stages:
      - {name: robot, steps: 100, robot_images: 2, vision_images: 0, decisions_per_image: 1,
         questions_per_robot_image: 0, questions_per_vision_image: 0, learning_rate: 1.0e-3, warmup_steps: 5,
         final_learning_rate_fraction: 0.1, patch_weight: 0, word_weight: 0, place_weight: 0, turn_weight: 0, gaze_weight: 0,
         gripper_weight: 1, location_weight: 1, action_noise: 0, turn_noise: 0,
         turn_share: 1, mishaps: 0, varied_looks: 0}
    """

  /// Killed and stopped within its stage, whatever it was writing then, and gone on with each time.
  @Test func aKilledTrainingEndsWithTheSameBytes() throws {
    let folder = Program.newFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.recipe.write(toFile: "\(folder)/tiny.yaml", atomically: true, encoding: .utf8)
    let result = try Program.shell(
      """
      cd \(folder)
      for root in whole cut; do mkdir $root; ln -s $ROOT/Scenes $ROOT/Benchmarks $root; done
      options="--saving-interval 4 --success-episodes 1"
      $BENCH train tiny.yaml --root whole $options >log 2>&1 || { cat log >&2; exit 1; }
      look() {
        read -r state 2>/dev/null < cut/.training/tiny/state.json
        [[ $state =~ '"step":'([0-9]+) ]] && step=${BASH_REMATCH[1]} || step=0
      }
      mkfifo clock; exec 9<>clock
      strike() {
        $BENCH train tiny.yaml --root cut $options $3 >log 2>&1 & process=$!
        step=0
        # Without a process for each look, which would be slower than the training.
        while kill -0 $process 2>/dev/null && (( step < $2 )); do read -t 0.002 -u 9; look; done
        kill -$1 $process; wait $process; status=$?
        look; echo "$status $step"
      }
      strike KILL 4; strike TERM 16 --resume; strike KILL 32 --resume
      $BENCH train tiny.yaml --root cut $options --resume >log 2>&1 || { cat log >&2; exit 1; }
      for file in model.safetensors tokenizer.model config.json; do
        cmp whole/checkpoint/$file cut/checkpoint/$file || exit 2
      done
      """)
    #expect(result.status == 0, "\(result.errors) \(result.output)")
    // A machine that is busy may let the training end before it is struck; one that struck in its midst is enough.
    let struck = result.output.split(separator: "\n").filter { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let step = Int(parts[1]) else { return false }
      return (parts[0] == "137" || parts[0] == "143") && step > 0 && step < 100
    }
    #expect(!struck.isEmpty, "\(result.output)")
  }
}
