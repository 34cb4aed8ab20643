package io.kintsugi.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Id128;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.reflect.Constructor;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build step {@code RecordMethods} makes of records: see decision 0020. */
class RecordMethodsTest {
    private static final ClassDesc INTERPRETED = ClassDesc.of("java.lang.runtime.ObjectMethods");

    /** A component of each kind; what javac makes of it says what is right. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Mixed(
            boolean flag, byte b, short s, char c, int i, long l, float f, double d, String text, byte[] bytes) {}

    private static final List<Object[]> VALUES = values();

    /** One value, and others that differ from it in one component each. */
    private static List<Object[]> values() {
        byte[] bytes = {1};
        Object[] one = {true, (byte) 1, (short) 2, 'c', 3, 4L, 0.0f, Double.NaN, "text", bytes};
        Object[] other = {false, (byte) -1, (short) -2, 'd', -3, -4L << 32, -0.0f, 0.0, null, bytes.clone()};
        List<Object[]> values = new ArrayList<>(List.of(one, one.clone()));
        for (int i = 0; i < one.length; i++) {
            Object[] changed = one.clone();
            changed[i] = other[i];
            values.add(changed);
        }
        return values;
    }

    @Test
    void noRecordIsComparedByMethodHandles() throws IOException, URISyntaxException {
        Path classes = Path.of(
                Id128.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> interpreted = new ArrayList<>();
        int records = 0;
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                ClassModel model = ClassFile.of().parse(file);
                if (model.findAttribute(Attributes.record()).isPresent()) {
                    records++;
                    model.methods().stream()
                            .filter(RecordMethodsTest::isInterpreted)
                            .forEach(method ->
                                    interpreted.add(model.thisClass().asInternalName() + "." + method.methodName()));
                }
            }
        }
        assertTrue(records > 100, "only " + records + " records were looked at");
        assertEquals(List.of(), interpreted, "run the build step record-methods: ./mvnw process-classes");
    }

    private static boolean isInterpreted(MethodModel method) {
        String name = method.methodName().stringValue();
        return (name.equals("equals") || name.equals("hashCode"))
                && method.code().stream()
                        .flatMap(code -> code.elementStream())
                        .anyMatch(element -> element instanceof InvokeDynamicInstruction call
                                && call.bootstrapMethod().owner().equals(INTERPRETED));
    }

    @Test
    void theyAreAsJavacHasThem(@TempDir Path folder) throws Exception {
        Class<?> rewritten = rewritten(folder);
        for (Object[] a : VALUES) {
            Object one = instance(rewritten, a);
            assertEquals(instance(Mixed.class, a).hashCode(), one.hashCode());
            assertTrue(one.equals(one) && !one.equals(null) && !one.equals("text"));
            for (Object[] b : VALUES) {
                boolean equal = instance(Mixed.class, a).equals(instance(Mixed.class, b));
                assertEquals(equal, one.equals(instance(rewritten, b)));
            }
        }
    }

    private static Object instance(Class<?> type, Object... values) throws ReflectiveOperationException {
        Constructor<?> canonical = type.getConstructors()[0];
        return canonical.newInstance(values);
    }

    /** {@link Mixed} after the step, which is a program of its own, loaded beside the original. */
    private static Class<?> rewritten(Path folder) throws Exception {
        String name = Mixed.class.getName();
        Path file = folder.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream original =
                RecordMethodsTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            Files.copy(original, file);
        }
        Process step = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "src/build/java/RecordMethods.java",
                        folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, step.waitFor());
        try (URLClassLoader loader = new ParentLast(folder)) {
            Class<?> type = loader.loadClass(name);
            assertNotSame(Mixed.class, type);
            assertTrue(ClassFile.of().parse(file).methods().stream().noneMatch(RecordMethodsTest::isInterpreted));
            return type;
        }
    }

    private static final class ParentLast extends URLClassLoader {
        ParentLast(Path folder) throws IOException {
            super(new URL[] {folder.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        }
    }
}
