package io.kintsugi.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the build of a native image must be told. */
class NativeImageTest {
    private static final String KERNELS = "io.kintsugi.codec.Kernels";
    private static final Set<String> MACHINE = Set.of(KERNELS, "io.kintsugi.codec.Kernel", "java.lang.Runtime");
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kintsugi");

    /** Static initialisers run while an image is built, and what they learn of that machine would be kept in it. */
    @Test
    void whatAsksTheMachineIsInitialisedWhereItRuns() throws IOException {
        List<String> asking = PRODUCT.stream()
                .filter(NativeImageTest::asksTheMachine)
                .map(JavaClass::getName)
                .sorted()
                .toList();
        assertTrue(asking.contains(KERNELS), "the rule finds who asks: " + asking);
        String pom = Files.readString(Path.of("pom.xml"));
        int begin = pom.indexOf("<native.run-time-classes>");
        String named = pom.substring(begin, pom.indexOf("</native.run-time-classes>", begin)) + "\\";
        assertEquals(
                List.of(),
                asking.stream().filter(name -> !named.contains(name + "\\")).toList(),
                "name it in native.run-time-classes of pom.xml, or ask later");
    }

    private static boolean asksTheMachine(JavaClass type) {
        return type.getStaticInitializer().stream()
                .flatMap(initializer -> initializer.getMethodCallsFromSelf().stream())
                .anyMatch(call -> MACHINE.contains(call.getTargetOwner().getName())
                        && Set.of("availableProcessors", "maxMemory", "best", "paths", "load")
                                .contains(call.getName()));
    }
}
