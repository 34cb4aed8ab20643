package io.kintsugi.crash;

import io.kintsugi.crash.Node.Change;
import io.kintsugi.crash.Node.Claim;
import io.kintsugi.crash.Node.Content;
import io.kintsugi.crash.Node.Folder;
import io.kintsugi.crash.Node.Name;
import io.kintsugi.crash.Node.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The page cache and the devices below one folder, moved on entry by entry. A file's bytes and length become durable by
 * a sync of that file, names by a sync of their directory; both cover what was done before the sync began.
 */
final class Disk {
    /** How many entries a name that was made and removed without a sync may come back after. */
    private static final int MEMORY = 400;

    /**
     * RocksDB expects of the file system that the names of its directory come to the device in order (CURRENT is
     * renamed to lead to a MANIFEST that was synced, but whose directory was not), as journals do. Nothing else does.
     */
    private static final Pattern ORDERED = Pattern.compile(".*/kv/[^/]+");

    private final String root;
    private final Folder top = new Folder(false);
    private final Map<Long, Node> handles = new HashMap<>();
    private final Map<Long, Sync> syncs = new HashMap<>();
    private long now;

    private record Sync(Node node, long began) {}

    /** @param folders in the root, which are there and durable before the first entry */
    Disk(String root, Iterable<String> folders) {
        this.root = root;
        for (String folder : folders) {
            top.name(folder).durable = Optional.of(new Folder(false));
        }
    }

    Folder top() {
        return top;
    }

    void apply(Trace.Entry entry) {
        now++;
        switch (entry.kind()) {
            case OPEN -> open(entry);
            case WRITE -> change(entry, Optional.of(entry.data()));
            case TRUNCATE -> change(entry, Optional.empty());
            case SYNC_BEGIN -> syncs.put(entry.number(), new Sync(handles.get(entry.handle()), now));
            case SYNC_END -> end(syncs.remove(entry.number()));
            case CLOSE -> handles.remove(entry.handle());
            case RENAME -> rename(entry);
            case LINK ->
                name(entry.other()).becomes(new Version(now, Optional.of(node(entry.path())), Optional.empty()));
            case UNLINK, RMDIR -> name(entry.path()).becomes(new Version(now, Optional.empty(), Optional.empty()));
            case MKDIR ->
                appear(entry.path(), new Folder(ORDERED.matcher(entry.path()).matches()));
            case MARK -> {}
            case FORBIDDEN -> throw new IllegalArgumentException(entry.toString());
        }
        if (now % MEMORY == 0) {
            forget(top);
        }
    }

    private void open(Trace.Entry entry) {
        if (entry.created()) {
            appear(entry.path(), new Content());
        }
        Node node = node(entry.path());
        if (entry.emptied() && node instanceof Content content) {
            content.pending.add(new Change(now, 0, Optional.empty()));
        }
        handles.put(entry.handle(), node);
    }

    private void change(Trace.Entry entry, Optional<byte[]> data) {
        if (!(handles.get(entry.handle()) instanceof Content content)) {
            throw new IllegalStateException("no file is open: " + entry);
        }
        content.pending.add(new Change(now, Math.toIntExact(entry.number()), data));
    }

    private static void end(Sync sync) {
        switch (sync.node()) {
            case Content content -> content.synced(sync.began());
            case Folder folder -> folder.synced(sync.began());
        }
    }

    private void rename(Trace.Entry entry) {
        Name target = name(entry.other());
        target.becomes(new Version(now, Optional.of(node(entry.path())), Optional.empty()));
        name(entry.path()).becomes(new Version(now, Optional.empty(), Optional.of(new Claim(target, now))));
    }

    private void appear(String path, Node node) {
        name(path).becomes(new Version(now, Optional.of(node), Optional.empty()));
    }

    private void forget(Folder folder) {
        folder.names.values().removeIf(name -> name.settled(now - MEMORY));
        folder.names.values().forEach(name -> {
            if (name.visible().orElse(null) instanceof Folder inner) {
                forget(inner);
            }
        });
    }

    private Name name(String path) {
        int slash = path.lastIndexOf('/');
        if (node(path.substring(0, slash)) instanceof Folder folder) {
            return folder.name(path.substring(slash + 1));
        }
        throw new IllegalStateException(path + " is not in a directory");
    }

    /** What a path leads to now, for the process that was recorded. */
    private Node node(String path) {
        Node at = top;
        for (String part : path.substring(root.length()).split("/")) {
            if (!part.isEmpty()) {
                Optional<Node> next = at instanceof Folder folder && folder.names.containsKey(part)
                        ? folder.names.get(part).visible()
                        : Optional.empty();
                at = next.orElseThrow(() -> new IllegalStateException("the trace does not know of " + path));
            }
        }
        return at;
    }
}
