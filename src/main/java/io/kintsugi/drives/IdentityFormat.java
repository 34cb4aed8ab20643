package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The text of {@code kintsugi.json}: JSON that people and tools can read, in one canonical form that we insist on.
 * Every version begins with the line of its version and ends with the line of its checksum, the CRC32C of all bytes
 * before that line; so "too new" is told from "corrupt".
 *
 * <p>Version 2 says of which generation the roster is, and which of its drives are drained. A pool whose drives were
 * never changed has nothing to say there and stays with version 1, which older releases read.
 */
final class IdentityFormat {
    static final int VERSION = 2;
    static final int OLDEST_VERSION = 1;
    static final int MAX_BYTES = 4 << 20;

    private static final String FIRST_LINE = "{\n  \"kintsugi\": ";
    private static final String CHECKSUM = "  \"crc32c\": \"";
    private static final String END = "\"\n}\n";
    private static final int CHECKSUM_LINE = CHECKSUM.length() + 2 * Integer.BYTES + END.length();
    private static final int MAX_VERSION_DIGITS = 9;

    private IdentityFormat() {}

    /** What a text turned out to be. */
    sealed interface Parsed {
        record Identity(DriveIdentity identity) implements Parsed {}

        /** Whole, but of a version that is not read here. */
        record OtherVersion(int version) implements Parsed {}

        record Broken(String reason) implements Parsed {}
    }

    static byte[] print(DriveIdentity identity) {
        boolean first = identity.roster().generation() == 1;
        StringBuilder text =
                new StringBuilder(FIRST_LINE).append(first ? 1 : VERSION).append(",\n");
        field(text, "deployment", identity.deployment());
        field(text, "drive", identity.drive());
        field(text, "incarnation", identity.incarnation());
        field(text, "pool", identity.pool());
        field(text, "code", identity.defaultCode());
        list(text, "roster", identity.roster().drives());
        if (!first) {
            field(text, "generation", identity.roster().generation());
            list(text, "drained", identity.roster().drained());
        }
        field(text, "catalogEpoch", identity.catalogEpoch());
        byte[] body = text.toString().getBytes(US_ASCII);
        byte[] last = (CHECKSUM + checksum(body, body.length) + END).getBytes(US_ASCII);
        byte[] whole = Arrays.copyOf(body, body.length + last.length);
        System.arraycopy(last, 0, whole, body.length, last.length);
        return whole;
    }

    private static void field(StringBuilder text, String name, Object value) {
        text.append("  \"").append(name).append("\": \"").append(value).append("\",\n");
    }

    private static void list(StringBuilder text, String name, List<DriveId> drives) {
        String lines = drives.stream().map(drive -> "    \"" + drive + "\"").collect(Collectors.joining(",\n"));
        text.append("  \"").append(name).append("\": [\n").append(lines);
        text.append(drives.isEmpty() ? "" : "\n").append("  ],\n");
    }

    private static String checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static Parsed parse(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        int bodyLength = bytes.length - CHECKSUM_LINE;
        if (bodyLength < 0 || !text.startsWith(FIRST_LINE) || !text.startsWith(CHECKSUM, bodyLength)) {
            return new Parsed.Broken("it does not begin and end as an identity file does");
        }
        if (!text.substring(bodyLength).equals(CHECKSUM + checksum(bytes, bodyLength) + END)) {
            return new Parsed.Broken("its checksum does not match");
        }
        int comma = text.indexOf(',');
        String version = text.substring(FIRST_LINE.length(), Math.max(comma, FIRST_LINE.length()));
        if (version.isEmpty()
                || version.length() > MAX_VERSION_DIGITS
                || !version.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return new Parsed.Broken("it names no format version");
        }
        int number = Integer.parseInt(version);
        return number < OLDEST_VERSION || number > VERSION
                ? new Parsed.OtherVersion(number)
                : fields(bytes, text, number);
    }

    private static Parsed fields(byte[] bytes, String text, int version) {
        try {
            Fields fields = new Fields(text);
            DriveIdentity identity = new DriveIdentity(
                    Id128.parse(fields.next("deployment")),
                    DriveId.parse(fields.next("drive")),
                    Id128.parse(fields.next("incarnation")),
                    fields.next("pool"),
                    code(fields.next("code")),
                    roster(fields, version),
                    Long.parseLong(fields.next("catalogEpoch")));
            boolean canonical = Arrays.equals(print(identity), bytes);
            return canonical ? new Parsed.Identity(identity) : new Parsed.Broken("it is not in its canonical form");
        } catch (IllegalArgumentException e) {
            return new Parsed.Broken(e.getMessage());
        }
    }

    private static Roster roster(Fields fields, int version) {
        List<DriveId> drives = fields.nextList("roster");
        return version == 1
                ? Roster.founded(drives)
                : new Roster(Long.parseLong(fields.next("generation")), drives, fields.nextList("drained"));
    }

    private static ErasureCode code(String text) {
        int plus = text.indexOf('+');
        if (plus < 0) {
            throw new IllegalArgumentException("'" + text + "' is no code");
        }
        return new ErasureCode(Integer.parseInt(text.substring(0, plus)), Integer.parseInt(text.substring(plus + 1)));
    }

    /**
     * Walks through the quoted strings of the text; that everything else is right is seen when the result is printed
     * again.
     */
    private static final class Fields {
        private final String text;
        private int at;

        Fields(String text) {
            this.text = text;
        }

        String next(String name) {
            seek("\"" + name + "\": \"");
            return untilQuote();
        }

        List<DriveId> nextList(String name) {
            seek("\"" + name + "\": [\n");
            int end = text.indexOf(']', at);
            List<DriveId> found = new ArrayList<>();
            int quote = text.indexOf('"', at);
            while (quote >= 0 && quote < end) {
                at = quote + 1;
                found.add(DriveId.parse(untilQuote()));
                quote = text.indexOf('"', at);
            }
            return found;
        }

        private void seek(String what) {
            int found = text.indexOf(what, at);
            if (found < 0) {
                throw new IllegalArgumentException("it has no " + what.strip());
            }
            at = found + what.length();
        }

        private String untilQuote() {
            int end = text.indexOf('"', at);
            if (end < 0) {
                throw new IllegalArgumentException("a quote is not closed");
            }
            String value = text.substring(at, end);
            at = end + 1;
            return value;
        }
    }
}
