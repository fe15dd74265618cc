/// A recipe of one stage that says places before it acts, for tests that change one line of it: each key that they touch stands once.
enum SmallRecipe {
  static let text = #"""
    policy: openvla
    seed: 1
    precision: bfloat16
    output: Checkpoints/small
    model:
      image_size: 224
      patch_size: 28
      vision_width: 128
      vision_depth: 4
      vision_heads: 4
      width: 128
      depth: 4
      heads: 4
      feed_forward_width: 384
      grounding: point
      location_bins: 112
    tokenizer:
      size: 1200
      symbols: ["▁What▁action▁should▁the▁robot▁take▁to", "?\nOut:"]
    optimizer:
      beta1: 0.9
      beta2: 0.95
      weight_decay: 0.05
      clip_norm: 1.0
    stages:
      - name: robot
        steps: 8000
        robot_images: 12
        vision_images: 0
        decisions_per_image: 4
        questions_per_robot_image: 0
        questions_per_vision_image: 0
        learning_rate: 1.0e-3
        warmup_steps: 50
        final_learning_rate_fraction: 0.02
        patch_weight: 0.3
        word_weight: 0
        place_weight: 0.5
        turn_weight: 0
        gaze_weight: 0.5
        gripper_weight: 2.0
        location_weight: 1.0
        action_noise: 8
        turn_noise: 0.8
        turn_share: 1
        mishaps: 0
        varied_looks: 0

    """#
}
