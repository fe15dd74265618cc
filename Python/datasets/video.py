"""H.264 videos by ffmpeg: pictures go in as PNG, in order."""

import json
import subprocess


class Video:
    """One file that grows by a picture at a time."""

    def __init__(self, path, rate):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # A keyframe every second picture, as LeRobot encodes, so that a loader can jump to any of them; one thread,
        # so that the same pictures give the same bytes.
        self.process = subprocess.Popen(
            ["ffmpeg", "-loglevel", "error", "-y", "-f", "image2pipe", "-c:v", "png", "-framerate", repr(rate),
             "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-g", "2", "-threads", "1",
             "-bitexact", "-movflags", "+faststart", "-f", "mp4", str(path)],
            stdin=subprocess.PIPE)

    def add(self, png):
        self.process.stdin.write(png)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise OSError(f"ffmpeg could not write {self.path}")


def describe(path):
    """What `info.json` says of a video file."""
    found = json.loads(subprocess.check_output(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "stream=codec_name,pix_fmt,width,height,r_frame_rate", "-of", "json", str(path)]))["streams"][0]
    numerator, denominator = found["r_frame_rate"].split("/")
    rate = float(numerator) / float(denominator)
    return {
        "video.height": found["height"], "video.width": found["width"], "video.codec": found["codec_name"],
        "video.pix_fmt": found["pix_fmt"], "video.is_depth_map": False,
        "video.fps": int(rate) if rate.is_integer() else rate, "video.channels": 3, "has_audio": False,
    }
