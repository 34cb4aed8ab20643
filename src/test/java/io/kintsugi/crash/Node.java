package io.kintsugi.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What a name can lead to: what of it is on the device for sure, and what may have come there since. */
sealed interface Node {
    /** Of the device: a write of one either happens or does not. */
    int SECTOR = 512;

    /** A directory. Each of its names is remembered by itself: the rules speak of names. */
    final class Folder implements Node {
        final TreeMap<String, Name> names = new TreeMap<>();
        /** Whether its names come to the device in the order of the changes; otherwise each by itself. */
        final boolean ordered;

        Folder(boolean ordered) {
            this.ordered = ordered;
        }

        Name name(String name) {
            return names.computeIfAbsent(name, n -> new Name());
        }

        /** What was done until then is on the device. */
        void synced(long until) {
            names.values().forEach(name -> name.synced(until));
            names.values().removeIf(Name::forgotten);
        }
    }

    /** One name of a directory: what it leads to after a crash is its durable node or any of the later ones. */
    final class Name {
        Optional<Node> durable = Optional.empty();
        final List<Version> pending = new ArrayList<>();

        Optional<Node> visible() {
            return pending.isEmpty() ? durable : pending.getLast().node();
        }

        void becomes(Version version) {
            pending.add(version);
        }

        private void synced(long until) {
            while (!pending.isEmpty() && pending.getFirst().at() <= until) {
                durable = pending.removeFirst().node();
            }
        }

        private boolean forgotten() {
            return durable.isEmpty() && pending.isEmpty();
        }

        /** Whether it was made and removed so long ago that nobody cares whether it comes back. */
        boolean settled(long before) {
            return durable.isEmpty()
                    && !pending.isEmpty()
                    && pending.getLast().at() < before
                    && pending.getLast().node().isEmpty();
        }
    }

    /**
     * What a name came to mean.
     *
     * @param at number of the trace's entry that did it
     * @param node empty when the name was removed
     * @param after the new name of a rename: the old one is not gone before the new one is there
     */
    record Version(long at, Optional<Node> node, Optional<Claim> after) {}

    /** That a name has this version, or a later one. */
    record Claim(Name name, long at) {}

    /** A file: bytes on the device, and changes of the page cache since. */
    final class Content implements Node {
        private byte[] durable = new byte[0];
        final List<Change> pending = new ArrayList<>();

        /** What is there if nothing is lost. */
        byte[] visible() {
            return image(pending.size());
        }

        byte[] durable() {
            return durable;
        }

        /** The durable bytes and the first changes. */
        byte[] image(int changes) {
            if (changes == 0) {
                return durable;
            }
            int[] sizes = sizes();
            int most = Arrays.stream(sizes, 0, changes + 1).max().orElseThrow();
            byte[] bytes = Arrays.copyOf(durable, most);
            pending.subList(0, changes).forEach(change -> change.on(bytes));
            return Arrays.copyOf(bytes, sizes[changes]);
        }

        void synced(long until) {
            int count = 0;
            while (count < pending.size() && pending.get(count).at() <= until) {
                count++;
            }
            durable = image(count);
            pending.subList(0, count).clear();
        }

        /** Where each change leaves the end of the file, the durable one first. */
        int[] sizes() {
            int[] sizes = new int[pending.size() + 1];
            sizes[0] = durable.length;
            for (int i = 0; i < pending.size(); i++) {
                sizes[i + 1] = pending.get(i).sizeAfter(sizes[i]);
            }
            return sizes;
        }
    }

    /** A change of a file's bytes: data at an offset, or a new end. */
    @SuppressWarnings("ArrayRecordComponent")
    record Change(long at, int offset, Optional<byte[]> data) {
        /** Takes effect on bytes that are long enough for it. */
        private void on(byte[] bytes) {
            data.ifPresentOrElse(
                    d -> System.arraycopy(d, 0, bytes, offset, d.length),
                    () -> Arrays.fill(bytes, offset, bytes.length, (byte) 0));
        }

        int sizeAfter(int before) {
            return data.isPresent() ? Math.max(before, offset + data.get().length) : offset;
        }

        int firstSector() {
            return offset / SECTOR;
        }

        /** The sector behind the last one that it touches; a new end touches everything behind it. */
        int endSector(int sectors) {
            return data.isPresent() ? (offset + data.get().length + SECTOR - 1) / SECTOR : sectors;
        }

        /** Does its part in one sector. */
        void onSector(byte[] bytes, int sector) {
            int from = Math.max(offset, sector * SECTOR);
            int limit = Math.min(bytes.length, (sector + 1) * SECTOR);
            if (data.isEmpty()) {
                Arrays.fill(bytes, Math.min(from, limit), limit, (byte) 0);
                return;
            }
            int to = Math.min(limit, offset + data.get().length);
            if (from < to) {
                System.arraycopy(data.get(), from - offset, bytes, from, to - from);
            }
        }
    }
}
