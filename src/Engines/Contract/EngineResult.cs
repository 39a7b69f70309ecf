using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Engines.Contract;

/// <summary>A value or an expected failure.</summary>
public readonly record struct EngineResult<T>(T? Value, EngineFault? Fault)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Ok => Fault is null;

    /// <summary>A value is a result.</summary>
    public static implicit operator EngineResult<T>(T value) => new(value, null);

    /// <summary>A fault is a result.</summary>
    public static implicit operator EngineResult<T>(EngineFault fault) => new(default, fault);
}

/// <summary>An expected failure.</summary>
/// <param name="Code">
/// <c>unavailable</c> (the engine does not answer), <c>registry-unavailable</c>, <c>image-missing</c>, <c>image-pull-failed</c>, <c>image-push-failed</c>, <c>bad-image</c> (no glibc
/// 2.31, no program to start), <c>bad-spec</c>, <c>exists</c>, <c>in-use</c>, <c>not-found</c>, <c>no-capacity</c>, <c>disk-full</c>, <c>build-failed</c>, <c>start-failed</c>,
/// <c>not-permitted</c>, <c>not-running</c>.
/// </param>
/// <param name="Message">One or two sentences that name the thing and the mend.</param>
public sealed record EngineFault(string Code, string Message);
