package io.kintsugi.sim.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Rewritten code calls the annotated static method instead of the method of the same name and parameters of the class
 * that is named, or of its subclasses.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Instead {
    Class<?> of();

    /** Empty: as the annotated method is called. */
    String name() default "";

    /** Parameters as in a descriptor, when the annotated method takes them all in one array. */
    String packed() default "";

    Kind kind() default Kind.INSTANCE;

    /** Another thread may come first, although the class is none of {@code java.util.concurrent}. */
    boolean meets() default false;

    enum Kind {
        /** Of an instance method; the first parameter is the instance. */
        INSTANCE,
        STATIC,
        /** Of a constructor; the annotated method returns the new object. */
        NEW
    }
}
