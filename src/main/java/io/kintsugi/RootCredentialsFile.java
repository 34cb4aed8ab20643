package io.kintsugi;

import io.kintsugi.drives.DriveDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The administrator's credentials when nobody chose any: made at the first start, and kept on each drive with mode
 * 0600, so that they survive as long as the data do.
 */
final class RootCredentialsFile {
    static final String NAME = DriveDirectory.ROOT_CREDENTIALS;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int USER_LENGTH = 20;
    private static final int PASSWORD_LENGTH = 40;
    private static final int MAX_FILE_BYTES = 4096;

    private RootCredentialsFile() {}

    /** What was settled, and whether it was made just now: then it is shown once. */
    record Found(Settings.Credentials credentials, boolean fresh) {}

    /**
     * Reads the credentials that most drives have, or makes them; drives without them get them. They differ where a
     * first start was cut off and its drives were away at the next: what a minority has was never shown, or is of then.
     * Of those that equally many have, the ones that were written last count.
     */
    static Found settle(List<Path> drives) {
        Optional<Settings.Credentials> kept = kept(drives);
        Settings.Credentials credentials =
                kept.orElseGet(() -> new Settings.Credentials(random(USER_LENGTH), random(PASSWORD_LENGTH)));
        for (Path drive : drives) {
            if (!read(drive).equals(Optional.of(credentials))) {
                write(drive, credentials);
            }
        }
        return new Found(credentials, kept.isEmpty());
    }

    private static Optional<Settings.Credentials> kept(List<Path> drives) {
        Map<Settings.Credentials, List<FileTime>> written = new LinkedHashMap<>();
        for (Path drive : drives) {
            read(drive)
                    .ifPresent(found -> written.computeIfAbsent(found, unused -> new ArrayList<>())
                            .add(writtenAt(drive)));
        }
        return written.entrySet().stream()
                .max(Comparator.<Map.Entry<Settings.Credentials, List<FileTime>>>comparingInt(
                                copies -> copies.getValue().size())
                        .thenComparing(copies -> Collections.max(copies.getValue())))
                .map(Map.Entry::getKey);
    }

    private static FileTime writtenAt(Path drive) {
        try {
            return Files.getLastModifiedTime(drive.resolve(NAME));
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static Optional<Settings.Credentials> read(Path drive) {
        Path file = drive.resolve(NAME);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE_BYTES) {
                return Optional.empty();
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
            return lines.size() == 2
                            && lines.get(0).length() == USER_LENGTH
                            && lines.get(1).length() == PASSWORD_LENGTH
                    ? Optional.of(new Settings.Credentials(lines.get(0), lines.get(1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void write(Path drive, Settings.Credentials credentials) {
        Path file = drive.resolve(NAME);
        Path fresh = drive.resolve(DriveDirectory.ROOT_CREDENTIALS_NEW);
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            String text = credentials.user() + "\n" + credentials.password() + "\n";
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            // whoever was shown them finds them after a power cut
            try (FileChannel directory = FileChannel.open(drive, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't keep the root credentials in " + file, e);
        }
    }

    private static String random(int length) {
        SecureRandom chance = new SecureRandom();
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(chance.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
