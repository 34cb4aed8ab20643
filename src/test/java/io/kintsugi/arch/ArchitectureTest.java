package io.kintsugi.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom: the rooms' table, and the few libraries and powers that belong to one room. */
class ArchitectureTest {
    private static final String ROOT = "io.kintsugi";
    private static final String CANARY = "io.kintsugi.arch.canary";
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
    private static final JavaClasses CANARIES = new ClassFileImporter().importPackages(CANARY);

    static Stream<Rooms.Room> rooms() {
        return Rooms.TABLE.stream();
    }

    static Stream<ArchRule> rules() {
        return Stream.concat(powers(), shapes());
    }

    /** What only one room may do. */
    private static Stream<ArchRule> powers() {
        return Stream.of(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT)
                        .should()
                        .dependOnClassesThat(resideInAPackage(ROOT))
                        .because("Main wires everything; who imports it can't be used without the whole house"),
                noMethods()
                        .that()
                        .areDeclaredInClassesThat()
                        .resideOutsideOfPackage(ROOT + ".codec..")
                        .should()
                        .haveModifier(NATIVE)
                        .because("native code can end the process: it has one door, with a fallback in Java"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".codec..")
                        .should()
                        .callMethod(System.class, "load", String.class)
                        .orShould()
                        .callMethod(System.class, "loadLibrary", String.class)
                        .because("native code can end the process: it has one door, with a fallback in Java"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".drives..")
                        .should()
                        .dependOnClassesThat(resideInAPackage("org.rocksdb.."))
                        .because("a drive owns its database and may change it; others see the Drive port"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(ROOT, ROOT + ".s3..", ROOT + ".admin..")
                        .should()
                        .dependOnClassesThat(resideInAPackage("io.vertx.core.http.."))
                        .because("HTTP is the wire's affair: a use case must not know who asks"),
                noClasses()
                        .should()
                        .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
                        .because("foreign memory does not work in every native image; JNI does, in codec"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT)
                        .should()
                        .accessField(System.class, "out")
                        .orShould()
                        .accessField(System.class, "err")
                        .because("only Main's console speaks to the terminal; everything else logs"));
    }

    private static Stream<ArchRule> shapes() {
        return Stream.of(
                classes()
                        .that()
                        .resideInAPackage(ROOT + ".base..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(ROOT + ".base..", "java..")
                        .because("base is nouns: the JDK is enough for them"),
                classes()
                        .that()
                        .resideInAPackage(ROOT + ".codec..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(ROOT + ".codec..", ROOT + ".base..", "java..", "com.backblaze.erasure..")
                        .because("byte mathematics needs nouns, the JDK and its reference, JavaReedSolomon"),
                slices().matching(ROOT + ".(**)")
                        .should()
                        .beFreeOfCycles()
                        .because("what goes round in a circle can't be read, tested or replaced one by one"));
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void roomKnowsOnlyItsFloor(Rooms.Room room) {
        room.rule(ROOT).check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void ruleHolds(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> rooms = rooms().map(Rooms.Room::name).collect(Collectors.toSet());
        Set<String> strangers = PRODUCT.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0])
                .filter(name -> !rooms.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), strangers, "packages that Rooms.TABLE does not know");
    }

    @Test
    void theProductWasImported() {
        assertTrue(
                PRODUCT.contain(ROOT + ".Main"), "ArchUnit read no classes: it may not know this class-file version");
    }

    /** The canary's base imports its s3, and its s3 imports drives without going through objects. */
    @Test
    void aRoomThatLooksUpIsNoticed() {
        Set<String> broken = rooms().filter(room -> broken(room.rule(CANARY)))
                .map(Rooms.Room::name)
                .collect(Collectors.toSet());
        assertEquals(Set.of("base", "s3"), broken);
    }

    @Test
    void aCycleIsNoticed() {
        assertTrue(broken(slices().matching(CANARY + ".(**)").should().beFreeOfCycles()));
    }

    private static boolean broken(ArchRule rule) {
        return rule.evaluate(CANARIES).hasViolation();
    }
}
