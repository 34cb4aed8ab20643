package io.kintsugi.sim.engine;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How the code of one method is rewritten: its calls, its monitors, and where other threads may come first. */
final class CodeRewrite implements CodeTransform {
    /** @param points whether other threads may come first in it */
    record Place(ClassDesc self, String method, boolean points) {
        String className() {
            return JdkTypes.nameOf(self);
        }
    }

    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final MethodTypeDesc OF_OBJECT = MethodTypeDesc.ofDescriptor("(Ljava/lang/Object;)V");
    private static final MethodTypeDesc OF_CLASS = MethodTypeDesc.ofDescriptor("(Ljava/lang/Class;)V");
    private static final ClassDesc SET = ConstantDescs.CD_Set;
    private static final ClassDesc MAP = ConstantDescs.CD_Map;
    private static final String CONCURRENT = "java.util.concurrent.";
    private static final Set<String> BOOTSTRAPS = Set.of(
            "java.lang.invoke.LambdaMetafactory",
            "java.lang.invoke.StringConcatFactory",
            "java.lang.runtime.ObjectMethods",
            "java.lang.runtime.SwitchBootstraps");

    private final Place place;
    private final Mutations mutations;
    private boolean dupFollows;

    CodeRewrite(Place place, Mutations mutations) {
        this.place = place;
        this.mutations = mutations;
    }

    private boolean isInitialiser() {
        return place.method().equals("<clinit>");
    }

    @Override
    public void atStart(CodeBuilder code) {
        if (isInitialiser()) {
            code.invokestatic(Hooks.POINTS, "initialiserBegins", NOTHING);
        }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        if (dupFollows && element instanceof Instruction instruction) {
            dupFollows = false;
            if (instruction.opcode() != Opcode.DUP) {
                throw refused("a new object that is made in an unusual way");
            }
            return;
        }
        switch (element) {
            case InvokeInstruction call -> call(code, call);
            case InvokeDynamicInstruction call -> code.with(dynamic(call));
            case MonitorInstruction monitor -> monitor(code, monitor.opcode() == Opcode.MONITORENTER);
            case NewObjectInstruction made -> made(code, made);
            case FieldInstruction field -> field(code, field);
            case ReturnInstruction end -> end(code, end);
            default -> code.with(element);
        }
    }

    private SimFailure refused(String what) {
        return new SimFailure(place.className() + "#" + place.method() + " can't be simulated: " + what);
    }

    private void end(CodeBuilder code, ReturnInstruction end) {
        if (isInitialiser()) {
            code.loadConstant(place.self()).invokestatic(Hooks.POINTS, "initialiserEnds", OF_CLASS);
        }
        code.with(end);
    }

    private void made(CodeBuilder code, NewObjectInstruction made) {
        boolean elsewhere =
                JdkTypes.find(made.className().asSymbol()).map(Hooks::makes).orElse(false);
        if (elsewhere) {
            dupFollows = true;
        } else {
            code.with(made);
        }
    }

    private void field(CodeBuilder code, FieldInstruction field) {
        if (isVolatile(field)) {
            point(code);
        }
        code.with(field);
        if (field.opcode() == Opcode.PUTSTATIC && field.name().stringValue().equals("$VALUES")) {
            code.loadConstant(field.owner().asSymbol()).invokestatic(Hooks.POINTS, "enumReady", OF_CLASS);
        }
    }

    private static boolean isVolatile(FieldInstruction field) {
        String owner = JdkTypes.nameOf(field.owner().asSymbol());
        return SimLoader.isRewritten(owner)
                && Rewriter.model(owner)
                        .map(model -> hasVolatile(model, field.name().stringValue()))
                        .orElse(false);
    }

    private static boolean hasVolatile(ClassModel model, String name) {
        return model.fields().stream()
                .anyMatch(f ->
                        f.fieldName().stringValue().equals(name) && f.flags().has(AccessFlag.VOLATILE));
    }

    /** Enters or leaves the monitor of the object that is on top of the stack. */
    void monitor(CodeBuilder code, boolean enter) {
        if (enter) {
            point(code);
        }
        code.invokestatic(Hooks.LOCKS, enter ? "enter" : "exit", OF_OBJECT);
        if (!enter) {
            point(code);
        }
    }

    private void point(CodeBuilder code) {
        if (place.points() && !isInitialiser()) {
            code.invokestatic(Hooks.POINTS, "point", NOTHING);
        }
    }

    private void call(CodeBuilder code, InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
        if (owner.isClassOrInterface() && !name.equals("<init>")) {
            String callee = JdkTypes.nameOf(owner) + "#" + name;
            Optional<Mutation.CallReturns> mistake = mutations.call(place.className(), place.method(), callee);
            if (mistake.isPresent()) {
                Mutations.replaceCall(code, isStatic, type, mistake.get().value());
                return;
            }
            Optional<String> other = mutations.called(place.className(), place.method(), callee);
            if (other.isPresent()) {
                code.invoke(call.opcode(), owner, other.get(), type, call.isInterface());
                return;
            }
        }
        Optional<Class<?>> jdk = JdkTypes.find(owner);
        if (jdk.isEmpty()) {
            code.with(call);
        } else if (isStatic && name.equals("of") && (owner.equals(SET) || owner.equals(MAP))) {
            collection(code, owner, type);
        } else {
            jdkCall(code, call, jdk.get());
        }
    }

    private void jdkCall(CodeBuilder code, InvokeInstruction call, Class<?> owner) {
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        Optional<Hooks.Target> instead = Hooks.instead(owner, name, type);
        if (instead.isEmpty()) {
            requireHarmless(owner, name, type);
        }
        if (mayMeetOthers(owner, name) || instead.map(Hooks.Target::meets).orElse(false)) {
            point(code);
        }
        if (instead.isPresent()) {
            Hooks.Target target = instead.get();
            if (target.packs(type)) {
                pack(code, type);
            }
            code.invokestatic(target.owner(), target.name(), target.type());
        } else {
            code.with(call);
        }
    }

    private void requireHarmless(Class<?> owner, String name, MethodTypeDesc type) {
        Optional<String> why = Refusal.of(owner, name, type);
        if (why.isPresent()) {
            throw refused(owner.getName() + "#" + name + type.displayDescriptor() + " " + why.get());
        }
    }

    /** Something that threads share, and that is no mere noun. */
    private static boolean mayMeetOthers(Class<?> owner, String name) {
        return owner.getName().startsWith(CONCURRENT)
                && !name.equals("<init>")
                && !owner.isEnum()
                && !Throwable.class.isAssignableFrom(owner);
    }

    /** {@code Set.of} and {@code Map.of} have an order of their own in each virtual machine. */
    private void collection(CodeBuilder code, ClassDesc owner, MethodTypeDesc type) {
        boolean isArray = type.parameterCount() == 1 && type.parameterType(0).isArray();
        if (!isArray) {
            pack(code, type);
        }
        MethodTypeDesc ofArray = MethodTypeDesc.of(owner, ConstantDescs.CD_Object.arrayType());
        code.invokestatic(Hooks.COLLECTIONS, owner.equals(SET) ? "setOf" : "mapOf", ofArray);
    }

    /** The arguments of a call move from the stack into an array. */
    private static void pack(CodeBuilder code, MethodTypeDesc type) {
        int count = type.parameterCount();
        int[] locals = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            box(code, type.parameterType(i));
            locals[i] = code.allocateLocal(TypeKind.REFERENCE);
            code.astore(locals[i]);
        }
        code.loadConstant(count).anewarray(ConstantDescs.CD_Object);
        for (int i = 0; i < count; i++) {
            code.dup().loadConstant(i).aload(locals[i]).aastore();
        }
    }

    private static void box(CodeBuilder code, ClassDesc type) {
        switch (TypeKind.from(type)) {
            case REFERENCE -> {}
            case INT ->
                code.invokestatic(
                        ConstantDescs.CD_Integer,
                        "valueOf",
                        MethodTypeDesc.of(ConstantDescs.CD_Integer, ConstantDescs.CD_int));
            case LONG ->
                code.invokestatic(
                        ConstantDescs.CD_Long,
                        "valueOf",
                        MethodTypeDesc.of(ConstantDescs.CD_Long, ConstantDescs.CD_long));
            default -> throw new IllegalStateException("no packed call takes " + type.displayName());
        }
    }

    private InvokeDynamicInstruction dynamic(InvokeDynamicInstruction call) {
        String bootstrap = JdkTypes.nameOf(call.bootstrapMethod().owner());
        if (!BOOTSTRAPS.contains(bootstrap)) {
            throw refused("it calls by " + bootstrap);
        }
        List<ConstantDesc> arguments = call.bootstrapArgs();
        ConstantDesc[] replaced = arguments.stream().map(this::argument).toArray(ConstantDesc[]::new);
        DynamicCallSiteDesc site =
                DynamicCallSiteDesc.of(call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), replaced);
        return InvokeDynamicInstruction.of(
                java.lang.classfile.constantpool.ConstantPoolBuilder.of().invokeDynamicEntry(site));
    }

    /** A reference to a method is a call of it. */
    private ConstantDesc argument(ConstantDesc argument) {
        if (!(argument instanceof DirectMethodHandleDesc method)) {
            return argument;
        }
        Optional<Class<?>> owner = JdkTypes.find(method.owner());
        boolean isField = switch (method.kind()) {
            case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER -> true;
            default -> false;
        };
        if (owner.isEmpty() || isField) {
            return argument;
        }
        String name = method.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR ? "<init>" : method.methodName();
        MethodTypeDesc type = MethodTypeDesc.ofDescriptor(method.lookupDescriptor());
        Optional<Hooks.Target> instead = Hooks.instead(owner.get(), name, type);
        if (instead.isEmpty()) {
            requireHarmless(owner.get(), name, type);
            return argument;
        }
        Hooks.Target target = instead.get();
        if (target.packs(type)) {
            throw refused("a reference to " + owner.get().getName() + "#" + name);
        }
        return MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.STATIC, target.owner(), target.name(), target.type());
    }
}
