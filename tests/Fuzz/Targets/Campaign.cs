namespace Holdfast.Fuzz;

/// <summary>What a campaign against one target has shown.</summary>
/// <param name="Inputs">How many inputs were fed.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MostAllocated">The most that was allocated for one, in bytes; 0 where it is not counted.</param>
/// <param name="Finding">What went wrong, and how to see it again; null when nothing did.</param>
internal sealed record CampaignResult(long Inputs, long Bytes, long MostAllocated, string? Finding);

/// <summary>Feeds a target inputs that follow from a seed and a number, so that each can be made again alone.</summary>
internal static class Campaign
{
    /// <summary>Feeds the inputs from <paramref name="first"/> on; ends at the first finding, and between two inputs when it is cancelled.</summary>
    public static CampaignResult Run(FuzzTarget target, int seed, long first, long count, CancellationToken cancellationToken)
    {
        var (bytes, most) = (0L, 0L);
        for (var i = 0L; i < count; i++)
        {
            if (cancellationToken.IsCancellationRequested) return new CampaignResult(i, bytes, most, null);
            var input = target.Make(new Random(HashCode(seed, first + i)));
            bytes += input.Length;
            var before = GC.GetAllocatedBytesForCurrentThread();
            string? finding = null;
            try
            {
                target.Feed(input);
            }
            catch (Exception e)
            {
                finding = e.ToString();
            }

            if (target.MostAllocated(input.Length) is { } limit)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                most = Math.Max(most, allocated);
                if (allocated > limit) finding ??= $"{allocated} bytes were allocated for an input of {input.Length}.";
            }

            if (finding is not null)
                return new CampaignResult(i + 1, bytes, most, $"{target.Name}, seed {seed}, input {first + i} ({input.Length} bytes): {finding}\n{Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 3000)))}");
        }

        return new CampaignResult(count, bytes, most, null);
    }

    /// <summary>The platform's own hash differs from run to run.</summary>
    private static int HashCode(int seed, long number) => (int)((ulong)((number + 1) * 6364136223846793005L + seed * 1442695040888963407L) >> 32);
}
