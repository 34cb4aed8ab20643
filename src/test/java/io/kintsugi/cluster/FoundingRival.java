package io.kintsugi.cluster;

import io.kintsugi.base.Clock;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Another process that {@link FoundingRaceTest} starts. {@code hold FILE} locks a file. {@code found FOLDER…} founds a
 * store of four drives in each folder, one for each line that it is sent, and closes it at the next line. Says in a
 * line what came of it.
 */
final class FoundingRival {
    private FoundingRival() {}

    static List<Path> drives(Path folder) {
        return DriveFolders.in(folder, 4);
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        if (arguments[0].equals("hold")) {
            try (FileChannel file =
                    FileChannel.open(Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.lock();
                System.out.println("held");
                lines.readLine();
            }
            return;
        }
        try (DriveResources resources = new DriveResources(16 << 20, 16 << 20)) {
            System.out.println("ready");
            for (int i = 1; i < arguments.length; i++) {
                lines.readLine();
                found(drives(Path.of(arguments[i])), resources, lines);
            }
        }
    }

    private static void found(List<Path> drives, DriveResources resources, BufferedReader lines) throws IOException {
        LocalTopology.Config config = DriveFolders.config(drives, resources, Clock.SYSTEM);
        try (LocalTopology topology = LocalTopology.open(config)) {
            System.out.println("founded "
                    + topology.statuses().stream().filter(DriveStatus::online).count());
            lines.readLine();
        } catch (TopologyException e) {
            System.out.println("refused " + e.getMessage());
            lines.readLine();
        }
    }
}
