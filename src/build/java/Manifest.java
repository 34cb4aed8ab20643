import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what Quarkus says about the build out of the Kubernetes manifest: its own version, where the sources came from.
 * It annotates everything with that, claim templates too, and those Kubernetes refuses to change: the next Quarkus
 * update, or a build of another clone, could not be applied to a running store.
 *
 * <p>Run by Maven after packaging, as a source file: {@code java Manifest.java FOLDER}. Leaves one file in the folder,
 * {@code kubernetes.yml}; the JSON copy is removed, so that nobody applies the unchanged one.
 */
final class Manifest {
    private static final String OF_THE_BUILD = "app.quarkus.io/";
    private static final String ANNOTATIONS = "annotations:";

    private Manifest() {}

    public static void main(String[] arguments) throws IOException {
        Path yaml = Path.of(arguments[0], "kubernetes.yml");
        if (Files.exists(yaml)) { // a build without packaging writes none
            Files.write(yaml, withoutBuild(Files.readAllLines(yaml)));
            Files.deleteIfExists(yaml.resolveSibling("kubernetes.json"));
        }
    }

    /** The lines without those annotations, and without the maps that held nothing else. */
    private static List<String> withoutBuild(List<String> lines) {
        List<String> kept = new ArrayList<>();
        for (String line : lines) {
            if (line.strip().startsWith(OF_THE_BUILD)) {
                continue;
            }
            boolean emptyMap = !kept.isEmpty()
                    && kept.getLast().strip().equals(ANNOTATIONS)
                    && indent(line) <= indent(kept.getLast());
            if (emptyMap) {
                kept.removeLast();
            }
            kept.add(line);
        }
        return kept;
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }
}
