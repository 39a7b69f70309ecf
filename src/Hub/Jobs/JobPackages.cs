using System.Text;

namespace Holdfast.Hub.Jobs;

/// <summary>What the hub's host has installed when a job without an image is submitted: on another computer that is compared with what is there.</summary>
internal sealed class JobPackages(HubOptions options, TimeProvider time)
{
    // Many are submitted at once.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _turn = new(1);
    private (string? Fingerprint, long At)? _last;

    /// <summary>Reads it, and keeps it where nodes find it; what tells it from others. Null where it cannot be read.</summary>
    public async Task<string?> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || time.GetElapsedTime(last.At) > Fresh) _last = last = (await ReadAsync(cancellationToken), time.GetTimestamp());
            return last.Fingerprint;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>By which a node compares its own with those of a job; null when there is nothing to compare with.</summary>
    public IReadOnlyList<string>? Comparison(JobRecord job) => job.Packages is { } known ? [Path.Combine(options.ProgramFolder, "holdfast"), "inside", "packages", options.Folders.PackagesOf(known)] : null;

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = await Task.Run(() => SystemPackages.Read(), cancellationToken);
            var file = options.Folders.PackagesOf(now.Fingerprint);
            if (File.Exists(file)) return now.Fingerprint;
            HubFolders.Make(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync($"{file}.new", now.Text, new UTF8Encoding(false), cancellationToken);
            File.Move($"{file}.new", file, overwrite: true);
            return now.Fingerprint;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
