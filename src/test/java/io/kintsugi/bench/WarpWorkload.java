package io.kintsugi.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Work that <a href="https://github.com/minio/warp">warp</a> generates. Each run makes its own objects and buckets, and
 * removes them.
 *
 * @param rate what of warp's report is taken: objects or MiB a second
 * @param section the operation whose average is taken, as warp's report names it
 * @param arguments its command and flags, but for host, credentials and duration
 */
record WarpWorkload(Path warp, String name, Rate rate, String section, List<String> arguments) implements Workload {
    private static final String SECONDS = System.getProperty("bench.seconds", "10");
    private static final Pattern AVERAGE = Pattern.compile("Average: (?:([0-9.]+) MiB/s, )?([0-9.]+) obj/s");

    enum Rate {
        OBJECTS("obj/s"),
        MIB("MiB/s");

        private final String unit;

        Rate(String unit) {
            this.unit = unit;
        }
    }

    static List<Workload> all(Path warp) {
        List<Workload> all = new ArrayList<>();
        for (int clients : new int[] {8, 32}) {
            String c = Integer.toString(clients);
            all.add(of(warp, "PUT 4 KiB c=" + c, Rate.OBJECTS, "PUT", "put --obj.size=4KiB --concurrent=" + c));
            all.add(of(
                    warp,
                    "GET 4 KiB c=" + c,
                    Rate.OBJECTS,
                    "GET",
                    "get --obj.size=4KiB --objects=2000 --concurrent=" + c));
        }
        all.add(of(warp, "STAT c=8", Rate.OBJECTS, "STAT", "stat --obj.size=4KiB --objects=2000 --concurrent=8"));
        all.add(of(warp, "PUT 1 MiB c=8", Rate.MIB, "PUT", "put --obj.size=1MiB --concurrent=8"));
        all.add(of(warp, "GET 1 MiB c=8", Rate.MIB, "GET", "get --obj.size=1MiB --objects=300 --concurrent=8"));
        all.add(of(warp, "PUT 64 MiB c=4", Rate.MIB, "PUT", "put --obj.size=64MiB --disable-multipart --concurrent=4"));
        all.add(of(
                warp,
                "GET 64 MiB c=4",
                Rate.MIB,
                "GET",
                "get --obj.size=64MiB --disable-multipart --objects=12 --concurrent=4"));
        all.add(of(
                warp,
                "multipart 5 MiB parts c=4",
                Rate.MIB,
                "PUTPART",
                "multipart-put --parts=8 --part.size=5MiB --part.concurrent=2 --concurrent=2"));
        all.add(of(
                warp,
                "ranged GET 64 KiB c=8",
                Rate.OBJECTS,
                "GET",
                "get --obj.size=1GiB --objects=1 --range-size=64KiB --concurrent=8"));
        all.add(of(warp, "LIST c=4", Rate.OBJECTS, "LIST", "list --obj.size=1KiB --objects=5000 --concurrent=4"));
        all.add(of(
                warp,
                "batch DELETE c=4",
                Rate.OBJECTS,
                "DELETE",
                "delete --obj.size=1KiB --objects=20000 --batch=1000 --concurrent=4"));
        return List.copyOf(all);
    }

    private static WarpWorkload of(Path warp, String name, Rate rate, String section, String arguments) {
        return new WarpWorkload(warp, name, rate, section, List.of(arguments.split(" ")));
    }

    @Override
    public String unit() {
        return rate.unit;
    }

    @Override
    public void prepare(Contender server) {
        // warp puts its own objects in place
    }

    @Override
    public double run(Contender server, int round) throws IOException {
        List<String> command = new ArrayList<>(List.of(warp.toString()));
        command.addAll(arguments);
        command.addAll(List.of(
                "--host=" + server.endpoint().getAuthority(),
                "--access-key=" + server.user(),
                "--secret-key=" + server.password(),
                "--duration=" + SECONDS + "s",
                "--bucket=warp-" + round,
                "--no-color"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of(System.getProperty("java.io.tmpdir")).toFile())
                .start();
        List<String> output = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(output::add);
        }
        return average(output);
    }

    private double average(List<String> output) throws IOException {
        boolean inSection = false;
        for (String line : output) {
            if (line.startsWith("Report: ")) {
                inSection = line.startsWith("Report: " + section);
            }
            Matcher average = AVERAGE.matcher(line);
            if (inSection && average.find()) {
                return Double.parseDouble(average.group(rate == Rate.MIB ? 1 : 2));
            }
        }
        throw new IOException(name + ": warp reported no average of " + section + ":\n" + String.join("\n", output));
    }
}
