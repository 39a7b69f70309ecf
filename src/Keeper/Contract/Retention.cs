using System.Globalization;

namespace Holdfast.Keeper.Contract;

/// <summary>How long and how much of what is whole in notebook files the keeper keeps in journals as well.</summary>
public sealed record RetentionLimits
{
    /// <summary>What was last written longer ago than this may go. Default 7 days.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The oldest may go while the journals of one root folder have more bytes than this. Default 5 GiB.</summary>
    public long KeepBytes { get; init; } = 5L << 30;

    /// <summary>
    /// <c>HOLDFAST_KEEP_DAYS</c> (a number, also with a fraction) and <c>HOLDFAST_KEEP_BYTES</c> (whole bytes). A value that is not understood
    /// counts as absent, and <paramref name="problem"/> names it: a keeper must not stay away for that.
    /// </summary>
    public static RetentionLimits FromEnvironment(IReadOnlyDictionary<string, string> environment, out string? problem)
    {
        var limits = new RetentionLimits();
        problem = null;
        if (environment.GetValueOrDefault("HOLDFAST_KEEP_DAYS") is { Length: > 0 } days)
        {
            if (double.TryParse(days, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1_000_000) limits = limits with { KeepFor = TimeSpan.FromDays(number) };
            else problem = $"HOLDFAST_KEEP_DAYS is a number of days from 0 to 1000000, not '{days}'; it is {limits.KeepFor.TotalDays} now.";
        }

        if (environment.GetValueOrDefault("HOLDFAST_KEEP_BYTES") is { Length: > 0 } bytes)
        {
            if (long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) limits = limits with { KeepBytes = number };
            else problem = $"HOLDFAST_KEEP_BYTES is a whole number of bytes, not '{bytes}'; it is {limits.KeepBytes} now.";
        }

        return limits;
    }
}

/// <summary>What somebody wants to let go, whatever the limits say.</summary>
public sealed record PruneOrder
{
    /// <summary>Only kernels of this absolute root folder; null for all.</summary>
    public string? Root { get; init; }

    /// <summary>Only what was last written longer ago than this; null for any age.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Also what is not whole in a notebook file. It is gone then.</summary>
    public bool EvenIfNotSaved { get; init; }

    /// <summary>True to be told what would go, and let nothing go.</summary>
    public bool OnlyLook { get; init; }
}

/// <summary>A part of a kernel's journal that went, or would go.</summary>
/// <param name="Kernel">The kernel's id.</param>
/// <param name="Root">The root folder of its lab.</param>
/// <param name="Documents">Absolute paths of the documents that had a session on it.</param>
/// <param name="Ended">Whether the kernel has ended.</param>
/// <param name="From">The first number.</param>
/// <param name="To">The last number.</param>
/// <param name="Bytes">How many bytes it has.</param>
/// <param name="Written">When the last of it was written.</param>
/// <param name="Saved">Whether all of it is whole in a notebook file.</param>
/// <param name="Error">Why it did not go, or not all of it; null when it went, or would go.</param>
public sealed record JournalPart(
    string Kernel, string Root, IReadOnlyList<string> Documents, bool Ended, long From, long To, long Bytes, DateTimeOffset Written, bool Saved, string? Error = null);
