"""LeRobotDataset v2.1: a Parquet file and a video file for each episode, metadata as JSON lines."""

import json
import os

import pyarrow.parquet

import feature_statistics
from lerobot_common import CHUNK, LeRobotWriter, write_json, write_text


class LeRobotV21Writer(LeRobotWriter):
    def path(self, episode, end, camera=None):
        folder = self.root / ("videos" if camera else "data") / f"chunk-{episode // CHUNK:03d}"
        return (folder / camera if camera else folder) / f"episode_{episode:06d}.{end}"

    def statistics_path(self, episode):
        return self.root / ".export" / "statistics" / f"episode_{episode:06d}.json"

    def write_episode(self, table, pngs, statistics):
        data = self.path(self.episode, "parquet")
        data.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(table, f"{data}.partial", compression="snappy")
        os.replace(f"{data}.partial", data)
        if self.uses_video:
            import video
            for camera, pictures in zip(self.cameras, pngs):
                target = self.path(self.episode, "mp4", camera)
                file = video.Video(target.with_name(target.name + ".partial"), self.rate)
                for png in pictures:
                    file.add(png)
                file.close()
                os.replace(file.path, target)
        write_json(self.statistics_path(self.episode), feature_statistics.plain(statistics), indent=None)

    def end_part(self):
        pass

    def first_video(self, camera):
        return self.path(0, "mp4", camera)

    def finish(self, header):
        instructions = header["instructions"]
        episodes = [episode for part in header["parts"] for episode in part["episodes"]]

        def lines(values):
            return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)

        write_text(self.root / "meta/tasks.jsonl", lines(
            {"task_index": index, "task": task} for index, task in enumerate(instructions)))
        write_text(self.root / "meta/episodes.jsonl", lines(
            {"episode_index": index, "tasks": [episode["instruction"]], "length": episode["length"]}
            for index, episode in enumerate(episodes)))
        statistics = [json.loads(self.statistics_path(index).read_text()) for index in range(len(episodes))]
        write_text(self.root / "meta/episodes_stats.jsonl", lines(
            {"episode_index": index, "stats": stats} for index, stats in enumerate(statistics)))
        write_json(self.root / "meta/stats.json", {
            feature: feature_statistics.plain(feature_statistics.together([stats[feature] for stats in statistics]))
            for feature in statistics[0]
        })
        chunks = (len(episodes) + CHUNK - 1) // CHUNK
        write_json(self.root / "meta/info.json", self.info(
            "v2.1", header, total_chunks=chunks,
            total_videos=len(episodes) * len(self.cameras) if self.uses_video else 0,
            data_path="data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
            video_path="videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
            if self.uses_video else None))
