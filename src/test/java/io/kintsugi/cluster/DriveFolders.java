package io.kintsugi.cluster;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** One pool of drives in folders, as tests want it that ask for nothing else. */
public final class DriveFolders {
    private DriveFolders() {}

    /** {@code drive1}, {@code drive2} and so on. */
    public static List<Path> in(Path top, int drives) {
        return IntStream.rangeClosed(1, drives)
                .mapToObj(i -> top.resolve("drive" + i))
                .toList();
    }

    public static LocalTopology open(List<Path> folders, DriveResources resources) {
        return LocalTopology.open(config(folders, resources, Clock.SYSTEM));
    }

    static LocalTopology.Config config(List<Path> folders, DriveResources resources, Clock clock) {
        return new LocalTopology.Config(
                List.of(folders),
                CodeWish.NONE,
                DrainRequest.NOTHING,
                DriveSettings.with(resources),
                clock,
                Entropy.FAST);
    }
}
