import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Gives records {@code equals} and {@code hashCode} of plain instructions. What javac writes is an invokedynamic of
 * {@code ObjectMethods}, whose method handles a native image interprets: a comparison then costs a microsecond or more,
 * and records are the keys of maps everywhere.
 *
 * <p>Run by the build over {@code target/classes}, before anything uses them; classes without such methods, and those
 * that were done before, stay as they are. The results are those that {@link java.lang.runtime.ObjectMethods} gives.
 */
final class RecordMethods {
    private static final ClassDesc BOOTSTRAPS = ClassDesc.of("java.lang.runtime.ObjectMethods");
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final MethodTypeDesc EQUALS =
            MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
    private static final MethodTypeDesc HASH = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object);
    private static final int FACTOR = 31;

    private RecordMethods() {}

    /** @param args the folder of classes */
    public static void main(String[] args) throws IOException {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(Path.of(args[0]))) {
            classes = files.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : classes) {
            byte[] before = Files.readAllBytes(file);
            Optional<byte[]> after = rewritten(ClassFile.of().parse(before));
            if (after.isPresent()) {
                Files.write(file, after.get());
            }
        }
    }

    private static Optional<byte[]> rewritten(ClassModel model) {
        Optional<RecordAttribute> record = model.findAttribute(Attributes.record());
        if (record.isEmpty() || model.methods().stream().noneMatch(RecordMethods::isGenerated)) {
            return Optional.empty();
        }
        ClassDesc self = model.thisClass().asSymbol();
        List<RecordComponentInfo> components = record.get().components();
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && isGenerated(method)) {
                Consumer<CodeBuilder> body = method.methodName().equalsString("equals")
                        ? code -> equals(code, self, components)
                        : code -> hashCode(code, self, components);
                builder.transformMethod(
                        method,
                        MethodTransform.dropping(e -> e instanceof java.lang.classfile.CodeModel)
                                .andThen(MethodTransform.endHandler(end -> end.withCode(body))));
            } else {
                builder.with(element);
            }
        };
        return Optional.of(ClassFile.of().transformClass(model, transform));
    }

    /** Whether it is an {@code equals} or {@code hashCode} as javac writes it. */
    private static boolean isGenerated(MethodModel method) {
        boolean ours = method.methodName().equalsString("equals")
                || method.methodName().equalsString("hashCode");
        return ours
                && method.code().stream()
                        .flatMap(code -> code.elementStream())
                        .anyMatch(element -> element instanceof InvokeDynamicInstruction call
                                && call.bootstrapMethod().owner().equals(BOOTSTRAPS));
    }

    /** {@code other instanceof Self && } each component equal. */
    private static void equals(CodeBuilder code, ClassDesc self, List<RecordComponentInfo> components) {
        var different = code.newLabel();
        var cast = code.newLabel();
        code.aload(0).aload(1).if_acmpne(cast).iconst_1().ireturn();
        code.labelBinding(cast).aload(1).instanceOf(self).ifeq(different);
        code.aload(1).checkcast(self).astore(2);
        for (RecordComponentInfo component : components) {
            ClassDesc type = component.descriptorSymbol();
            String name = component.name().stringValue();
            code.aload(0).getfield(self, name, type);
            code.aload(2).getfield(self, name, type);
            switch (TypeKind.from(type).asLoadable()) {
                case INT -> code.if_icmpne(different);
                case LONG -> code.lcmp().ifne(different);
                case FLOAT, DOUBLE ->
                    code.invokestatic(boxOf(type), "compare", comparison(type)).ifne(different);
                default -> code.invokestatic(OBJECTS, "equals", EQUALS).ifeq(different);
            }
        }
        code.iconst_1().ireturn();
        code.labelBinding(different).iconst_0().ireturn();
    }

    /** {@code 31 * (31 * hash(first) + hash(second)) + …} */
    private static void hashCode(CodeBuilder code, ClassDesc self, List<RecordComponentInfo> components) {
        code.iconst_0();
        for (RecordComponentInfo component : components) {
            ClassDesc type = component.descriptorSymbol();
            code.bipush(FACTOR).imul();
            code.aload(0).getfield(self, component.name().stringValue(), type);
            if (type.isPrimitive()) {
                code.invokestatic(boxOf(type), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, type));
            } else {
                code.invokestatic(OBJECTS, "hashCode", HASH);
            }
            code.iadd();
        }
        code.ireturn();
    }

    private static MethodTypeDesc comparison(ClassDesc type) {
        return MethodTypeDesc.of(ConstantDescs.CD_int, type, type);
    }

    private static ClassDesc boxOf(ClassDesc type) {
        return switch (type.descriptorString()) {
            case "Z" -> ConstantDescs.CD_Boolean;
            case "B" -> ConstantDescs.CD_Byte;
            case "C" -> ConstantDescs.CD_Character;
            case "S" -> ConstantDescs.CD_Short;
            case "I" -> ConstantDescs.CD_Integer;
            case "J" -> ConstantDescs.CD_Long;
            case "F" -> ConstantDescs.CD_Float;
            case "D" -> ConstantDescs.CD_Double;
            default -> throw new IllegalArgumentException(type + " is no primitive type");
        };
    }
}
