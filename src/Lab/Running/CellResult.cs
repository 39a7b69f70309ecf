namespace Holdfast.Lab.Running;

/// <summary>How the run of a cell ended.</summary>
public enum CellEnd
{
    /// <summary>Well.</summary>
    Done,
    /// <summary>With an error of its code.</summary>
    Failed,
    /// <summary>The kernel's process ended.</summary>
    Died,
    /// <summary>It took longer than it was given, and was interrupted.</summary>
    TimedOut,
    /// <summary>The caller ended it.</summary>
    Cancelled,
}

/// <summary>What became of a cell.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Began">When it was sent.</param>
/// <param name="Ended">When its end was heard.</param>
/// <param name="Count">Its number among those that the kernel has run (<c>In [3]</c>); null when the kernel did not say.</param>
/// <param name="Error">The first line of its error (<c>ValueError: bad</c>), or the last words of a kernel that died; null when there is none.</param>
/// <param name="Traceback">The lines of the error as the kernel sent them, colours and all; empty when there is none.</param>
public sealed record CellResult(CellEnd End, DateTimeOffset Began, DateTimeOffset Ended, long? Count = null, string? Error = null, IReadOnlyList<string>? Traceback = null)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Duration => Ended - Began;
}
