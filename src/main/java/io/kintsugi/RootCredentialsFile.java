package io.kintsugi;

import io.kintsugi.drives.DriveDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The administrator's credentials when nobody chose any: made at the first start, and kept on each drive with mode
 * 0600, so that they survive as long as the data do.
 */
final class RootCredentialsFile {
    private static final System.Logger LOG = System.getLogger(RootCredentialsFile.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static final String NAME = DriveDirectory.ROOT_CREDENTIALS;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String NOT_ASCII = "\uFFFD";
    private static final int USER_LENGTH = 20;
    private static final int PASSWORD_LENGTH = 40;
    private static final int MAX_FILE_BYTES = 4096;

    private RootCredentialsFile() {}

    /** What was settled, and whether it was made just now: then it is shown once. */
    record Found(Settings.Credentials credentials, boolean fresh) {}

    /**
     * Reads the credentials that most drives have, or makes them; drives without them get them. They differ where a
     * first start was cut off and its drives were away at the next: what a minority has was never shown, or is of then.
     * Of those that equally many have, the ones that were written last count. A drive that hangs or takes no file keeps
     * nobody from those that another has.
     *
     * @throws UncheckedIOException when a drive may have them and can't be read, and none else has; or new ones can't
     *     be kept on each drive
     */
    static Found settle(List<Path> drives) {
        return settle(drives, PATIENCE);
    }

    /** @param atMost how long the drives are waited for, once to read and once to write */
    static Found settle(List<Path> drives, Duration atMost) {
        Map<Path, Outcome<Optional<Copy>>> copies = onEach(drives, atMost, RootCredentialsFile::read);
        Optional<Settings.Credentials> kept = kept(copies.values().stream()
                .flatMap(outcome -> outcome.result().stream())
                .flatMap(Optional::stream)
                .toList());
        if (kept.isEmpty()) {
            requireNone(copies);
        }
        Settings.Credentials credentials =
                kept.orElseGet(() -> new Settings.Credentials(random(USER_LENGTH), random(PASSWORD_LENGTH)));
        List<Path> without = drives.stream()
                .filter(drive -> copies.get(drive)
                        .result()
                        .filter(found -> found.map(Copy::credentials).equals(Optional.of(credentials)))
                        .isEmpty())
                .toList();
        Map<Path, Outcome<Boolean>> written = onEach(without, atMost, drive -> write(drive, credentials));
        written.forEach((drive, outcome) -> outcome.failure().ifPresent(why -> {
            String text = "Can't keep the root credentials in " + drive.resolve(NAME) + ": " + why;
            if (kept.isEmpty()) {
                // nobody was shown them yet: nobody must be whom a later start does not know
                throw new UncheckedIOException(new IOException(text));
            }
            LOG.log(System.Logger.Level.WARNING, text);
        }));
        return new Found(credentials, kept.isEmpty());
    }

    /** Others in their place would lock out whoever knows those. */
    private static void requireNone(Map<Path, Outcome<Optional<Copy>>> copies) {
        copies.forEach((drive, outcome) -> outcome.failure().ifPresent(why -> {
            throw new UncheckedIOException(new IOException("Can't read the root credentials in " + drive.resolve(NAME)
                    + ": " + why + ". See that they can be read, or set KINTSUGI_ROOT_USER and KINTSUGI_ROOT_PASSWORD;"
                    + " where that file is removed, new ones are made"));
        }));
    }

    /** What a drive has. */
    private record Copy(Settings.Credentials credentials, FileTime written) {}

    /** What came of asking a drive. */
    private record Outcome<T>(Optional<T> result, Optional<String> failure) {}

    private interface Question<T> {
        T ask(Path drive) throws IOException;
    }

    /** Each on a thread of its own, since a drive may hang. */
    private static <T> Map<Path, Outcome<T>> onEach(List<Path> drives, Duration atMost, Question<T> question) {
        Map<Path, CompletableFuture<T>> asked = new LinkedHashMap<>();
        for (Path drive : drives) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            asked.put(drive, answer);
            Thread.ofPlatform().daemon().name("credentials " + drive).start(() -> {
                try {
                    answer.complete(question.ask(drive));
                } catch (IOException | RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        Map<Path, Outcome<T>> outcomes = new LinkedHashMap<>();
        asked.forEach((drive, answer) -> outcomes.put(drive, outcome(answer, deadline)));
        return outcomes;
    }

    private static <T> Outcome<T> outcome(CompletableFuture<T> answer, long deadline) {
        try {
            T result = answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return new Outcome<>(Optional.of(result), Optional.empty());
        } catch (TimeoutException e) {
            return new Outcome<>(Optional.empty(), Optional.of("it does not answer"));
        } catch (ExecutionException e) {
            return new Outcome<>(Optional.empty(), Optional.of(String.valueOf(e.getCause())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome<>(Optional.empty(), Optional.of("interrupted"));
        }
    }

    private static Optional<Settings.Credentials> kept(List<Copy> copies) {
        Map<Settings.Credentials, List<FileTime>> written = new LinkedHashMap<>();
        copies.forEach(copy -> written.computeIfAbsent(copy.credentials(), unused -> new ArrayList<>())
                .add(copy.written()));
        return written.entrySet().stream()
                .max(Comparator.<Map.Entry<Settings.Credentials, List<FileTime>>>comparingInt(
                                of -> of.getValue().size())
                        .thenComparing(of -> Collections.max(of.getValue())))
                .map(Map.Entry::getKey);
    }

    /** Empty when there is none, or what was never one. */
    private static Optional<Copy> read(Path drive) throws IOException {
        Path file = drive.resolve(NAME);
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!attributes.isRegularFile() || attributes.size() > MAX_FILE_BYTES) {
            return Optional.empty();
        }
        List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII)
                .lines()
                .toList();
        return lines.size() == 2
                        && lines.get(0).length() == USER_LENGTH
                        && lines.get(1).length() == PASSWORD_LENGTH
                        && lines.stream().noneMatch(line -> line.contains(NOT_ASCII))
                ? Optional.of(
                        new Copy(new Settings.Credentials(lines.get(0), lines.get(1)), attributes.lastModifiedTime()))
                : Optional.empty();
    }

    private static boolean write(Path drive, Settings.Credentials credentials) throws IOException {
        Path file = drive.resolve(NAME);
        Path fresh = drive.resolve(DriveDirectory.ROOT_CREDENTIALS_NEW);
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
        return true;
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
