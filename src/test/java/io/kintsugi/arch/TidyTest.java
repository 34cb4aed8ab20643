package io.kintsugi.arch;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.arch.Tidy.Finding;
import io.kintsugi.arch.Tidy.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The whole tree is tidy, but for what the ratchet admits: {@code src/test/resources/tidy-ratchet.txt} has a line
 * {@code RULE path count} for each breach that was there before its rule. More than the count fails, and so does less:
 * then the line is to be lowered or removed, and the breach can't come back.
 */
class TidyTest {
    private static final Path TOP = Path.of("").toAbsolutePath();
    private static final Path RATCHET = TOP.resolve("src/test/resources/tidy-ratchet.txt");
    private static final List<String> FOLDERS = List.of("src", "native", "docs", ".ci");
    private static final Set<String> TEXT = Set.of(
            "java", "c", "h", "sh", "py", "md", "xml", "properties", "yml", "yaml", "json", "txt", "sql", "html");

    /** Written by Apache Maven; only a few lines of it are ours. */
    private static final Set<String> FOREIGN = Set.of("mvnw", "LICENSE");

    @Test
    void theTreeIsTidy() {
        List<Finding> findings =
                new ArrayList<>(Tidy.check(files().collect(Collectors.toMap(TidyTest::name, TidyTest::read))));
        findings.addAll(packagesWithoutInfo());
        Map<String, List<Finding>> found = findings.stream()
                .collect(groupingBy(f -> f.rule() + " " + f.path(), TreeMap::new, Collectors.toList()));
        Map<String, Integer> admitted = ratchet();
        var keys = new TreeSet<>(found.keySet());
        keys.addAll(admitted.keySet());
        String problems = keys.stream()
                .map(key -> verdict(key, found.getOrDefault(key, List.of()), admitted.getOrDefault(key, 0)))
                .filter(verdict -> !verdict.isEmpty())
                .collect(joining("\n"));
        assertEquals("", problems);
    }

    @Test
    void theSourcesWereFound() {
        assertTrue(files().anyMatch(file -> file.endsWith("Main.java")), () -> "no sources below " + TOP);
    }

    @Test
    void eachUntidyThingIsNoticed() {
        assertFinds(Rule.TAB, "int a;\tint b;\n");
        assertFinds(Rule.TRAILING_BLANK, "int a; \n");
        assertFinds(Rule.NO_FINAL_NEWLINE, "int a;");
        assertFinds(Rule.UNFINISHED, "// TO" + "DO: later\n");
        assertFinds(Rule.UNFINISHED, "// enough for " + "now\n");
        assertFinds(Rule.MACHINE_PATH, "// see \"/ro" + "ot/thing\"\n");
        assertFinds(Rule.WILDCARD_IMPORT, "import java.util.*;\n");
        assertFinds(Rule.LINE_TOO_LONG, "//" + "x".repeat(Tidy.LINE_COLUMNS - 1) + "\n");
        assertFinds(Rule.FILE_TOO_LONG, "\n".repeat(Tidy.FILE_LINES + 1));
        assertFinds(Rule.METHOD_TOO_LONG, "class A { void m() {" + "\n".repeat(Tidy.METHOD_LINES) + "} }\n");
        assertFinds(Rule.TOO_MANY_PARAMETERS, "class A { void m(int a, int b, int c, int d, int e, int f) {} }\n");
    }

    @Test
    void whatIsJustSmallEnoughPasses() {
        assertEquals(List.of(), Tidy.check("A.java", "//" + "x".repeat(Tidy.LINE_COLUMNS - 2) + "\n"));
        assertEquals(List.of(), Tidy.check("A.java", "\n".repeat(Tidy.FILE_LINES)));
        String method = "class A { void m(int a, int b, int c, int d, int e) {" + "\n".repeat(Tidy.METHOD_LINES - 1);
        assertEquals(List.of(), Tidy.check("A.java", method + "} }\n"));
        assertEquals(List.of(), Tidy.check("A.java", "record A(int a, int b, int c, int d, int e, int f) {}\n"));
        assertEquals(
                List.of(),
                Tidy.check("A.java", "class A { native void m(int a, int b, int c, int d, int e, int f); }\n"));
    }

    private static void assertFinds(Rule rule, String text) {
        List<Rule> rules =
                Tidy.check("A.java", text).stream().map(Finding::rule).toList();
        assertEquals(List.of(rule), rules, text);
    }

    private static String verdict(String key, List<Finding> found, int admitted) {
        if (found.size() > admitted) {
            return found.stream().map(Finding::toString).collect(joining("\n"));
        }
        return found.size() == admitted
                ? ""
                : RATCHET + ": " + key + " is down to " + found.size() + ": lower its line";
    }

    private static Map<String, Integer> ratchet() {
        return read(RATCHET)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1))));
    }

    private static List<Finding> packagesWithoutInfo() {
        return files().filter(file -> file.startsWith(TOP.resolve("src/main/java")))
                .filter(file -> file.toString().endsWith(".java"))
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                .map(folder -> new Finding(Rule.NO_PACKAGE_INFO, name(folder), 1, "no package-info.java"))
                .toList();
    }

    private static Stream<Path> files() {
        List<Path> files = new ArrayList<>();
        collect(TOP, 1, files);
        FOLDERS.stream()
                .map(TOP::resolve)
                .filter(Files::isDirectory)
                .forEach(f -> collect(f, Integer.MAX_VALUE, files));
        return files.stream();
    }

    private static void collect(Path folder, int depth, List<Path> files) {
        try (Stream<Path> walk = Files.walk(folder, depth)) {
            walk.filter(Files::isRegularFile).filter(TidyTest::isText).forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        boolean script = !name.contains(".") && Files.isExecutable(file);
        return !FOREIGN.contains(name) && (script || TEXT.contains(name.substring(name.lastIndexOf('.') + 1)));
    }

    private static String name(Path file) {
        return TOP.relativize(file).toString().replace('\\', '/');
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read as UTF-8", e);
        }
    }
}
