import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes what the native image must keep for RocksDB's C++ code to find: all classes of the rocksdbjni jar with their
 * members, and arrays of them (without the arrays, column-family metadata dies with
 * MissingReflectionRegistrationError).
 *
 * <p>Run by Maven's profile {@code native}, as a source file: {@code java -cp CLASSPATH JniConfig.java OUTPUT}. The
 * list comes from the jar that the class path names, so it can't be older than the jar.
 */
final class JniConfig {
    /** Classes of the JDK that RocksDB's C++ code looks up. */
    private static final List<String> JDK = List.of(
            "byte[]",
            "byte[][]",
            "int[]",
            "long[]",
            "java.lang.String[]",
            "java.nio.ByteBuffer",
            "java.nio.ByteBuffer[]",
            "java.lang.Byte",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Boolean",
            "java.util.List",
            "java.util.ArrayList",
            "java.util.Map",
            "java.util.HashMap");

    private JniConfig() {}

    public static void main(String[] arguments) throws IOException {
        Path output = Path.of(arguments[0]);
        List<String> rocks;
        try (var jar = new JarFile(rocksJar().toFile())) {
            rocks = jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith("org/rocksdb/") && name.endsWith(".class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .toList();
        }
        if (rocks.isEmpty()) {
            throw new IOException("no classes of org.rocksdb in " + rocksJar() + ": is it the rocksdbjni jar?");
        }
        Files.createDirectories(output.getParent());
        Files.writeString(output, json(rocks), StandardCharsets.UTF_8);
    }

    private static String json(List<String> rocks) {
        return Stream.concat(rocks.stream().flatMap(name -> Stream.of(name, name + "[]")), JDK.stream())
                .map(JniConfig::entry)
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String entry(String type) {
        return type.endsWith("[]")
                ? "{\"name\":\"" + type + "\"}"
                : "{\"name\":\"" + type + "\",\"allDeclaredConstructors\":true,\"allDeclaredMethods\":true,"
                        + "\"allDeclaredFields\":true}";
    }

    private static Path rocksJar() throws IOException {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("rocksdbjni"))
                .map(Path::of)
                .findFirst()
                .orElseThrow(() -> new IOException("the class path has no rocksdbjni"));
    }
}
