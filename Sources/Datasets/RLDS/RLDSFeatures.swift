import Foundation

/// `features.json` and `dataset_info.json` of TensorFlow Datasets, for episodes in RLDS's layout.
///
/// The layout is that of the Open X-Embodiment datasets which Octo's and OpenVLA's loaders read: `steps` with
/// `observation`, `action`, `reward`, `discount`, `is_first`, `is_last`, `is_terminal` and `language_instruction`, and
/// `episode_metadata`. The first camera is `image`, the others go by their names.
struct RLDSFeatures {
  var description: DatasetDescription

  /// A camera's name among the observation's features.
  func imageName(_ camera: Int) -> String {
    camera == 0 ? "image" : "\(description.cameras[camera].name)_image"
  }

  // MARK: - features.json

  func featuresFile() throws -> Data {
    var observation: [String: Any] = ["state": tensor("float32", [description.stateNames.count])]
    for (index, camera) in description.cameras.enumerated() {
      observation[imageName(index)] = [
        "pythonClassName": "tensorflow_datasets.core.features.image_feature.Image",
        "image": [
          "shape": shape([camera.height, camera.width, 3]), "dtype": "uint8",
          "encodingFormat": "png",
        ],
      ]
    }
    let step: [String: Any] = [
      "observation": dictionary(observation),
      "action": tensor("float32", [description.actionNames.count]),
      "reward": scalar("float32"), "discount": scalar("float32"), "is_first": scalar("bool"),
      "is_last": scalar("bool"), "is_terminal": scalar("bool"), "language_instruction": text,
    ]
    let steps: [String: Any] = [
      "pythonClassName": "tensorflow_datasets.core.features.dataset_feature.Dataset",
      "sequence": ["feature": dictionary(step), "length": "-1"],
    ]
    let metadata: [String: Any] = ["file_path": text, "success": scalar("bool")]
    return try json(dictionary(["steps": steps, "episode_metadata": dictionary(metadata)]))
  }

  private func dictionary(_ features: [String: Any]) -> [String: Any] {
    [
      "pythonClassName": "tensorflow_datasets.core.features.features_dict.FeaturesDict",
      "featuresDict": ["features": features],
    ]
  }

  private func tensor(_ type: String, _ dimensions: [Int]) -> [String: Any] {
    [
      "pythonClassName": "tensorflow_datasets.core.features.tensor_feature.Tensor",
      "tensor": ["shape": shape(dimensions), "dtype": type, "encoding": "none"],
    ]
  }

  private func scalar(_ type: String) -> [String: Any] {
    [
      "pythonClassName": "tensorflow_datasets.core.features.scalar.Scalar",
      "tensor": ["shape": [String: Any](), "dtype": type, "encoding": "none"],
    ]
  }

  private var text: [String: Any] {
    [
      "pythonClassName": "tensorflow_datasets.core.features.text_feature.Text",
      "text": [String: Any](),
    ]
  }

  private func shape(_ dimensions: [Int]) -> [String: Any] {
    ["dimensions": dimensions.map(String.init)]
  }

  // MARK: - dataset_info.json

  /// - Parameters:
  ///   - shardLengths: how many episodes each file holds.
  ///   - bytes: the size of all records.
  func infoFile(version: String, shardLengths: [Int], bytes: Int) throws -> Data {
    let split: [String: Any] = [
      "name": "train", "numBytes": "\(bytes)", "shardLengths": shardLengths.map(String.init),
      "filepathTemplate": "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
    ]
    return try json([
      "name": description.name, "version": version, "fileFormat": "tfrecord", "splits": [split],
      "description": "Demonstrations of \(description.robot) on the Trestle tabletop.",
    ])
  }

  private func json(_ object: [String: Any]) throws -> Data {
    try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
  }
}
