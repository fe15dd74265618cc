"""LeRobotDataset v3.0: several episodes in a Parquet file and in a video file, episode borders in `meta/episodes`."""

import json
import os

import pyarrow
import pyarrow.parquet

import feature_statistics
from lerobot_common import CHUNK, LeRobotWriter, write_json


class LeRobotV30Writer(LeRobotWriter):
    def begin_part(self, header):
        super().begin_part(header)
        self.writer = None
        self.videos = {}
        self.rows = []
        self.part_frame = 0
        self.file = divmod(self.place["file"], CHUNK)

    def path(self, kind, end, file=None):
        chunk, index = file or self.file
        return self.root / kind / f"chunk-{chunk:03d}" / f"file-{index:03d}.{end}"

    def write_episode(self, table, pngs, statistics):
        count = table.num_rows
        data = self.path("data", "parquet")
        if self.writer is None:
            data.parent.mkdir(parents=True, exist_ok=True)
            self.writer = pyarrow.parquet.ParquetWriter(
                f"{data}.partial", table.schema, compression="snappy", use_dictionary=True)
        # One row group an episode, so that a reader can take one without the others.
        self.writer.write_table(table, row_group_size=count)
        row = {
            "episode_index": self.episode, "tasks": [self.instruction], "length": count,
            "data/chunk_index": self.file[0], "data/file_index": self.file[1],
            "dataset_from_index": self.frame, "dataset_to_index": self.frame + count,
            "meta/episodes/chunk_index": self.file[0], "meta/episodes/file_index": self.file[1],
        }
        if self.uses_video:
            import video
            for camera, pictures in zip(self.cameras, pngs):
                if camera not in self.videos:
                    target = self.path(f"videos/{camera}", "mp4")
                    self.videos[camera] = video.Video(target.with_name(target.name + ".partial"), self.rate)
                for png in pictures:
                    self.videos[camera].add(png)
                row[f"videos/{camera}/chunk_index"], row[f"videos/{camera}/file_index"] = self.file
                row[f"videos/{camera}/from_timestamp"] = self.part_frame / self.rate
                row[f"videos/{camera}/to_timestamp"] = (self.part_frame + count) / self.rate
        for feature, values in statistics.items():
            for name, value in values.items():
                row[f"stats/{feature}/{name}"] = value.tolist()
        self.rows.append(row)
        self.part_frame += count

    def end_part(self):
        self.writer.close()
        data = self.path("data", "parquet")
        os.replace(f"{data}.partial", data)
        for video in self.videos.values():
            video.close()
            os.replace(video.path, str(video.path).removesuffix(".partial"))
        episodes = self.path("meta/episodes", "parquet")
        episodes.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(self.rows), f"{episodes}.partial")
        os.replace(f"{episodes}.partial", episodes)

    def first_video(self, camera):
        return self.path(f"videos/{camera}", "mp4", (0, 0))

    def finish(self, header):
        statistics = {}
        for path in sorted((self.root / "meta/episodes").glob("*/*.parquet")):
            for row in pyarrow.parquet.read_table(path).to_pylist():
                for key, value in row.items():
                    if key.startswith("stats/"):
                        _, feature, name = key.split("/")
                        statistics.setdefault(feature, {}).setdefault(row["episode_index"], {})[name] = value
        write_json(self.root / "meta/stats.json", {
            feature: feature_statistics.plain(feature_statistics.together(list(parts.values())))
            for feature, parts in statistics.items()
        })
        self.write_tasks(header["instructions"])
        write_json(self.root / "meta/info.json", self.info(
            "v3.0", header, data_files_size_in_mb=100, video_files_size_in_mb=200,
            data_path="data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
            video_path="videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
            if self.uses_video else None))

    def write_tasks(self, instructions):
        """`tasks.parquet` as pandas writes it: the sentence is the index, so readers look a task up by its words."""
        table = pyarrow.table({
            "task_index": pyarrow.array(range(len(instructions)), type=pyarrow.int64()),
            "task": pyarrow.array(instructions, type=pyarrow.string()),
        })
        columns = [
            {"name": "task_index", "field_name": "task_index", "pandas_type": "int64", "numpy_type": "int64",
             "metadata": None},
            {"name": "task", "field_name": "task", "pandas_type": "unicode", "numpy_type": "object",
             "metadata": None},
        ]
        pandas = {
            "index_columns": ["task"], "columns": columns, "pandas_version": "2.0.0",
            "column_indexes": [{"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "object",
                                "metadata": {"encoding": "UTF-8"}}],
        }
        pyarrow.parquet.write_table(
            table.replace_schema_metadata({"pandas": json.dumps(pandas)}), self.root / "meta/tasks.parquet")
