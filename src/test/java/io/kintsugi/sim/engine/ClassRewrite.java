package io.kintsugi.sim.engine;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Optional;

/** How one class is rewritten: its methods by {@link CodeRewrite}, its identity so that it is the same in each run. */
final class ClassRewrite {
    private static final String ONE_STEP = OneStep.class.descriptorString();
    private static final String HASH = "sim$hash";
    private static final String INNER = "sim$";
    private static final MethodTypeDesc TO_INT = MethodTypeDesc.of(CD_int);
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.ofDescriptor("()V");
    private static final MethodTypeDesc OF_CLASS = MethodTypeDesc.ofDescriptor("(Ljava/lang/Class;)V");

    private final ClassModel model;
    private final ClassDesc self;
    private final String name;
    private final Mutations mutations;
    private final boolean points;

    ClassRewrite(ClassModel model, Mutations mutations) {
        this.model = model;
        this.self = model.thisClass().asSymbol();
        this.name = JdkTypes.nameOf(self);
        this.mutations = mutations;
        this.points = !isOneStep(model);
        requireSimulatedParent();
    }

    private void requireSimulatedParent() {
        Optional<Class<?>> parent = model.superclass().flatMap(s -> JdkTypes.find(s.asSymbol()));
        if (parent.isPresent() && (Hooks.makes(parent.get()) || Refusal.isNever(parent.get()))) {
            throw new SimFailure(
                    name + " can't be simulated: it extends " + parent.get().getName());
        }
    }

    /** It, or a class around it, is annotated. */
    private static boolean isOneStep(ClassModel model) {
        boolean annotated = model.findAttribute(Attributes.runtimeInvisibleAnnotations())
                .map(all -> all.annotations().stream()
                        .anyMatch(a -> a.className().stringValue().equals(ONE_STEP)))
                .orElse(false);
        String name = JdkTypes.nameOf(model.thisClass().asSymbol());
        int nested = name.lastIndexOf('$');
        return annotated
                || nested > 0
                        && Rewriter.model(name.substring(0, nested))
                                .map(ClassRewrite::isOneStep)
                                .orElse(false);
    }

    ClassTransform transform() {
        ClassTransform elements = this::element;
        return elements.andThen(ClassTransform.endHandler(this::end));
    }

    private void element(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method) {
            method(builder, method);
        } else {
            builder.with(element);
        }
    }

    private void method(ClassBuilder builder, MethodModel method) {
        Optional<CodeModel> code = method.code();
        String methodName = method.methodName().stringValue();
        if (code.isEmpty()) {
            builder.with(method);
            return;
        }
        Optional<Mutation.Returns> constant = mutations.body(name, methodName);
        if (constant.isPresent()) {
            builder.transformMethod(method, (target, element) -> {
                if (element instanceof CodeModel) {
                    target.withCode(body -> returns(body, method, constant.get()));
                } else {
                    target.with(element);
                }
            });
            return;
        }
        CodeRewrite rewrite = new CodeRewrite(new CodeRewrite.Place(self, methodName, points), mutations);
        if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
            synchronizedMethod(builder, method, rewrite);
        } else {
            builder.transformMethod(method, java.lang.classfile.MethodTransform.transformingCode(rewrite));
        }
    }

    private static void returns(CodeBuilder code, MethodModel method, Mutation.Returns wanted) {
        ClassDesc type = method.methodTypeSymbol().returnType();
        Mutations.push(code, type, wanted.value());
        code.return_(TypeKind.from(type));
    }

    /** The body moves to a method of its own, around which the monitor is held. */
    private void synchronizedMethod(ClassBuilder builder, MethodModel method, CodeRewrite rewrite) {
        int flags = method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED;
        String inner = INNER + method.methodName().stringValue();
        builder.withMethod(
                inner, method.methodTypeSymbol(), flags & ClassFile.ACC_STATIC | ClassFile.ACC_PRIVATE, target -> {
                    for (var element : method) {
                        if (element instanceof CodeModel code) {
                            target.transformCode(code, rewrite);
                        }
                    }
                });
        builder.transformMethod(method, (target, element) -> {
            if (element instanceof AccessFlags) {
                target.withFlags(flags);
            } else if (element instanceof CodeModel) {
                target.withCode(code -> guarded(code, method, rewrite));
            } else {
                target.with(element);
            }
        });
    }

    private void guarded(CodeBuilder code, MethodModel method, CodeRewrite rewrite) {
        String inner = INNER + method.methodName().stringValue();
        boolean isStatic = method.flags().has(AccessFlag.STATIC);
        MethodTypeDesc type = method.methodTypeSymbol();
        monitor(code, isStatic, rewrite, true);
        code.trying(
                body -> {
                    if (!isStatic) {
                        body.aload(0);
                    }
                    for (int i = 0; i < type.parameterCount(); i++) {
                        body.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
                    }
                    if (isStatic) {
                        body.invokestatic(self, inner, type);
                    } else {
                        body.invokespecial(self, inner, type);
                    }
                    monitor(body, isStatic, rewrite, false);
                    body.return_(TypeKind.from(type.returnType()));
                },
                caught -> caught.catchingAll(handler -> {
                    monitor(handler, isStatic, rewrite, false);
                    handler.athrow();
                }));
    }

    private void monitor(CodeBuilder code, boolean isStatic, CodeRewrite rewrite, boolean enter) {
        if (isStatic) {
            code.loadConstant(self);
        } else {
            code.aload(0);
        }
        rewrite.monitor(code, enter);
    }

    private void end(ClassBuilder builder) {
        if (hasStaticState() && !declares("<clinit>", "()V")) {
            builder.withMethodBody(
                    "<clinit>",
                    NOTHING,
                    ClassFile.ACC_STATIC,
                    code -> code.invokestatic(Hooks.POINTS, "initialiserBegins", NOTHING)
                            .loadConstant(self)
                            .invokestatic(Hooks.POINTS, "initialiserEnds", OF_CLASS)
                            .return_());
        }
        hash(builder);
    }

    private boolean hasStaticState() {
        return model.fields().stream()
                .anyMatch(f -> f.flags().has(AccessFlag.STATIC) && !f.flags().has(AccessFlag.FINAL));
    }

    /** An object without a hash code of its own gets one that is not an address. */
    private void hash(ClassBuilder builder) {
        boolean isClass = !model.flags().has(AccessFlag.INTERFACE)
                && model.superclass().map(s -> s.asSymbol().equals(CD_Object)).orElse(false);
        if (!isClass || declares("hashCode", "()I") || declares("equals", "(Ljava/lang/Object;)Z")) {
            return;
        }
        builder.withField(HASH, CD_int, ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNTHETIC | ClassFile.ACC_TRANSIENT);
        builder.withMethodBody(
                "hashCode",
                TO_INT,
                ClassFile.ACC_PUBLIC | ClassFile.ACC_SYNTHETIC,
                code -> code.aload(0)
                        .getfield(self, HASH, CD_int)
                        .ifThen(
                                java.lang.classfile.Opcode.IFEQ,
                                fresh -> fresh.aload(0)
                                        .invokestatic(Hooks.POINTS, "nextHash", TO_INT)
                                        .putfield(self, HASH, CD_int))
                        .aload(0)
                        .getfield(self, HASH, CD_int)
                        .ireturn());
    }

    private boolean declares(String method, String type) {
        return model.methods().stream()
                .anyMatch(m -> m.methodName().stringValue().equals(method)
                        && m.methodType().stringValue().equals(type));
    }
}
