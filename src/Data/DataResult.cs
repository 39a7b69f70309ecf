using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Data;

/// <summary>A value or an expected failure.</summary>
public readonly record struct DataResult<T>(T? Value, DataFault? Fault)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Ok => Fault is null;

    /// <summary>A value is a result.</summary>
    public static implicit operator DataResult<T>(T value) => new(value, null);

    /// <summary>A fault is a result.</summary>
    public static implicit operator DataResult<T>(DataFault fault) => new(default, fault);
}

/// <summary>An expected failure.</summary>
/// <param name="Message">One or two sentences that name the thing, the place and the mend.</param>
public sealed record DataFault(string Message);
