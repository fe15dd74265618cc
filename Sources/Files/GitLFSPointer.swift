/// The few lines that Git leaves in the place of a large file whose content was not fetched.
public enum GitLFSPointer {
  /// What begins such a file (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
  private static let beginning = "version https://git-lfs.github.com/spec/"

  /// Why a file can't be used that holds these bytes, nil where they are no such pointer.
  public static func reason(toRefuse bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.starts(with: beginning.utf8) else { return nil }
    return "it is a Git LFS pointer, not the file itself; fetch the content with 'git lfs pull' "
      + "or download the file anew"
  }
}
