package io.kintsugi.arch;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * How a source file looks. Each rule is here because a reader pays for its absence: what does not fit on a screen is
 * not seen whole, what is unfinished is not found again, and a path of one machine breaks on the next.
 *
 * <p>After the idea of TigerBeetle's {@code src/tidy.zig}: style that a test does not hold is not held.
 */
final class Tidy {
    static final int FILE_LINES = 500;
    static final int METHOD_LINES = 60;
    static final int LINE_COLUMNS = 120;
    static final int PARAMETERS = 5;

    private static final Set<String> CODE = Set.of("java", "c", "h", "sh");
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|\\bfor " + "now\\b");
    private static final Pattern MACHINE_PATH = Pattern.compile("(?<![\\w.$}~*-])/(work|root|home/\\w+|Users/\\w+)/");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    /** One for all files: making it is what costs. Open for as long as the tests run. */
    private static final JavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    private static final Pattern WILDCARD = Pattern.compile("^import .*\\*;");

    private final String path;
    private final String text;
    private final List<Finding> findings;

    private Tidy(String path, String text, List<Finding> findings) {
        this.path = path;
        this.text = text;
        this.findings = findings;
    }

    enum Rule {
        FILE_TOO_LONG,
        METHOD_TOO_LONG,
        TOO_MANY_PARAMETERS,
        LINE_TOO_LONG,
        TAB,
        TRAILING_BLANK,
        UNFINISHED,
        MACHINE_PATH,
        WILDCARD_IMPORT,
        NO_PACKAGE_INFO,
        NO_FINAL_NEWLINE
    }

    /** One breach: {@code line} counts from 1. */
    record Finding(Rule rule, String path, long line, String what) {
        @Override
        public String toString() {
            return path + ":" + line + " " + rule + " " + what;
        }
    }

    /** What is untidy in the file {@code path} (relative, with slashes) that holds {@code text}. */
    static List<Finding> check(String path, String text) {
        return check(Map.of(path, text));
    }

    /**
     * What is untidy in these files: path (relative, with slashes) to text. They are parsed together, as a compiler
     * costs far more to make than a file to parse.
     */
    static List<Finding> check(Map<String, String> files) {
        List<Finding> findings = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        files.forEach((path, text) -> {
            var tidy = new Tidy(path, text, findings);
            tidy.lines();
            if (path.endsWith(".java")) {
                sources.add(new Source(tidy));
            }
        });
        if (!sources.isEmpty()) {
            methods(sources);
        }
        return findings;
    }

    private void lines() {
        boolean code = CODE.contains(path.substring(path.lastIndexOf('.') + 1)) || !path.contains(".");
        List<String> lines = text.lines().toList();
        if (code && lines.size() > FILE_LINES) {
            add(Rule.FILE_TOO_LONG, lines.size(), lines.size() + " lines, at most " + FILE_LINES);
        }
        for (int i = 0; i < lines.size(); i++) {
            line(i + 1, lines.get(i), code);
        }
        if (!text.isEmpty() && !text.endsWith("\n")) {
            add(Rule.NO_FINAL_NEWLINE, lines.size(), "the last line does not end");
        }
    }

    private void line(int number, String line, boolean code) {
        boolean address = line.contains("https://"); // can't be broken
        if (code && !address && line.codePointCount(0, line.length()) > LINE_COLUMNS) {
            add(Rule.LINE_TOO_LONG, number, line.length() + " columns, at most " + LINE_COLUMNS);
        }
        if (line.indexOf('\t') >= 0) {
            add(Rule.TAB, number, "a tab");
        }
        if (!line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1))) {
            add(Rule.TRAILING_BLANK, number, "a blank at the end");
        }
        matched(UNFINISHED, Rule.UNFINISHED, number, line);
        matched(MACHINE_PATH, Rule.MACHINE_PATH, number, line);
        matched(WILDCARD, Rule.WILDCARD_IMPORT, number, line);
    }

    private void matched(Pattern pattern, Rule rule, int number, String line) {
        var matcher = pattern.matcher(line);
        if (matcher.find()) {
            add(rule, number, matcher.group());
        }
    }

    private static void methods(List<Source> sources) {
        Map<URI, Tidy> byUri = new HashMap<>();
        sources.forEach(source -> byUri.put(source.toUri(), source.tidy));
        var task = (JavacTask) COMPILER.getTask(null, FILES, null, List.of(), null, sources);
        try {
            for (CompilationUnitTree unit : task.parse()) {
                Tidy tidy = byUri.get(unit.getSourceFile().toUri());
                tidy.new Methods(unit, Trees.instance(task).getSourcePositions()).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final Tidy tidy;

        Source(Tidy tidy) {
            super(URI.create("string:///" + tidy.path), JavaFileObject.Kind.SOURCE);
            this.tidy = tidy;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return tidy.text;
        }
    }

    private void add(Rule rule, long line, String what) {
        findings.add(new Finding(rule, path, line, what));
    }

    private final class Methods extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lineMap;

        Methods(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
            this.lineMap = unit.getLineMap();
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            type.getMembers().stream()
                    .filter(MethodTree.class::isInstance)
                    .map(MethodTree.class::cast)
                    .forEach(method -> method(type, method));
            return super.visitClass(type, nothing);
        }

        /** Native methods pass addresses and lengths one by one, a record's constructor its components: both may. */
        private void method(ClassTree type, MethodTree method) {
            long first = line(method, positions.getStartPosition(unit, method));
            long last = line(method, positions.getEndPosition(unit, method));
            if (last - first + 1 > METHOD_LINES) {
                add(Rule.METHOD_TOO_LONG, first, method.getName() + ": " + (last - first + 1) + " lines");
            }
            boolean mayHaveMany = method.getModifiers().getFlags().contains(Modifier.NATIVE)
                    || type.getKind() == Tree.Kind.RECORD && method.getReturnType() == null;
            if (!mayHaveMany && method.getParameters().size() > PARAMETERS) {
                add(Rule.TOO_MANY_PARAMETERS, first, method.getName() + ": " + method.getParameters());
            }
        }

        /** A method that javac made itself has no position of its own. */
        private long line(MethodTree method, long position) {
            return position < 0 ? 1 : lineMap.getLineNumber(position);
        }
    }
}
