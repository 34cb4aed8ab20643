package io.kintsugi.cluster;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words that name the drives, as {@code KINTSUGI_VOLUMES} or the arguments of {@code server} give them. A word with
 * a range, as in <code>/data/disk{1...4}</code>, is one pool, and several such words are several pools; words without
 * any are the drives of one pool, as MinIO and RustFS read them. Ranges count up, and keep the zeros that their first
 * number begins with (<code>{01...12}</code>).
 */
public final class VolumeExpression {
    private static final int MAX_DRIVES = 1024;
    private static final int MAX_DIGITS = 6;
    private static final String ELLIPSIS = "...";

    private VolumeExpression() {}

    /** The words of one line, separated by blanks. */
    public static List<List<Path>> parse(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return parse(words);
    }

    /**
     * @return the folders of each pool, absolute and in order
     * @throws IllegalArgumentException with the reason and the cure
     */
    public static List<List<Path>> parse(List<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("no drives are named: give folders, as in /data/disk{1...4}");
        }
        long ranged = words.stream().filter(VolumeExpression::hasRange).count();
        if (ranged != 0 && ranged != words.size()) {
            throw new IllegalArgumentException(
                    "some volumes have a range {a...b} and some have none: each word with a range is a"
                            + " pool of its own, so write all as ranges, or name all drives of one pool without: "
                            + String.join(" ", words));
        }
        List<List<Path>> pools = ranged == 0
                ? List.of(paths(words))
                : words.stream().map(w -> paths(expand(w))).toList();
        checkApart(pools.stream().flatMap(List::stream).toList());
        return pools;
    }

    /** The folders that one word names, with or without a range, absolute and in order. */
    static List<Path> folders(String word) {
        return paths(expand(word));
    }

    private static boolean hasRange(String word) {
        return word.indexOf('{') >= 0 || word.indexOf('}') >= 0;
    }

    private static List<Path> paths(List<String> words) {
        return words.stream().map(VolumeExpression::path).toList();
    }

    private static Path path(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            throw new IllegalArgumentException(
                    "'" + word + "' names a drive of another machine: this version serves the drives of"
                            + " one machine; name folders, as in /data/disk{1...4}");
        }
        try {
            return Path.of(word).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + word + "' is not a folder's name: " + e.getReason(), e);
        }
    }

    private static List<String> expand(String word) {
        int open = word.indexOf('{');
        int close = word.indexOf('}', Math.max(open, 0));
        if (open < 0 && close < 0) {
            return List.of(word);
        }
        if (open < 0 || close < 0 || word.indexOf('}') < open) {
            throw new IllegalArgumentException(
                    "'" + word + "' has a brace without its partner: write a range as {1...4}");
        }
        List<String> numbers = range(word, word.substring(open + 1, close));
        List<String> rest = expand(word.substring(close + 1));
        if ((long) numbers.size() * rest.size() > MAX_DRIVES) {
            throw new IllegalArgumentException(
                    "'" + word + "' names more than " + MAX_DRIVES + " drives: split it into pools");
        }
        List<String> all = new ArrayList<>();
        for (String number : numbers) {
            rest.forEach(tail -> all.add(word.substring(0, open) + number + tail));
        }
        return all;
    }

    private static List<String> range(String word, String text) {
        int dots = text.indexOf(ELLIPSIS);
        String first = dots < 0 ? "" : text.substring(0, dots);
        String last = dots < 0 ? "" : text.substring(dots + ELLIPSIS.length());
        if (!isNumber(first) || !isNumber(last)) {
            throw new IllegalArgumentException("'{" + text + "}' in '" + word
                    + "' is not a range: write {first...last} with two whole" + " numbers, as in {1...4}");
        }
        int from = Integer.parseInt(first);
        int to = Integer.parseInt(last);
        if (from > to || to - from >= MAX_DRIVES) {
            throw new IllegalArgumentException(
                    "'{" + text + "}' in '" + word + "' must count up, over at most " + MAX_DRIVES + " numbers");
        }
        int digits = first.startsWith("0") ? first.length() : 1;
        List<String> numbers = new ArrayList<>(to - from + 1);
        for (int i = from; i <= to; i++) {
            numbers.add(padded(i, digits));
        }
        return numbers;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String padded(int number, int digits) {
        String text = Integer.toString(number);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    /** No folder is, or lies in, another one. */
    static void checkApart(List<Path> folders) {
        for (int i = 0; i < folders.size(); i++) {
            for (int j = 0; j < folders.size(); j++) {
                if (i != j && folders.get(i).startsWith(folders.get(j))) {
                    throw new IllegalArgumentException(
                            folders.get(i).equals(folders.get(j))
                                    ? "the folder " + folders.get(i)
                                            + " is named twice: each drive needs a folder of its own"
                                    : "the folder " + folders.get(i) + " lies inside " + folders.get(j)
                                            + ", which is a drive too: give each"
                                            + " drive a folder beside the others");
                }
            }
        }
    }
}
