package io.kintsugi.codec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which way each kernel takes on this machine, and why not a faster one: logged once at start, shown in health and
 * metrics, so that no slow path is taken in silence.
 *
 * @param paths by kernel ("reed-solomon", "crc32c"…): "gfni+avx512", "avx2", "scalar C", "java"…
 * @param reason why the paths are not the fastest that Kintsugi has; empty when they are
 */
public record CodecInfo(Map<String, String> paths, String reason) {
    public CodecInfo {
        paths = Map.copyOf(paths);
    }

    /** What is in use now. */
    public static CodecInfo current() {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Kernel k : Kernel.values()) {
            paths.put(k.title(), k.best().title());
        }
        return new CodecInfo(paths, reasonForSlowness());
    }

    /** One line for the log. */
    public String summary() {
        String list = paths.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", "));
        return reason.isEmpty() ? list : list + " (" + reason + ")";
    }

    private static String reasonForSlowness() {
        if (!Kernels.AVAILABLE) {
            return Kernels.REASON;
        }
        String slower = Arrays.stream(Kernel.values())
                .filter(k -> k.best() != k.fastestWritten())
                .map(k -> k.title() + " without " + k.fastestWritten().title())
                .collect(Collectors.joining(", "));
        return slower.isEmpty() ? "" : "this CPU, or what its system enables, lacks instructions: " + slower;
    }
}
