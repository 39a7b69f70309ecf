using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Recording;

/// <summary>
/// One writer at a time for a notebook, also between labs: whoever reads a notebook, changes it and writes it back does so in its turn, so that
/// a save is never written over by what was read before it.
/// </summary>
internal sealed class NotebookTurns(LabOptions options)
{
    private const int Stripes = 64;

    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];
    private readonly string _folder = Path.Combine(options.StateFolder, "turns");

    /// <summary>Waits for the turn and does what is to be done. Not to be nested.</summary>
    public void Take(string fullPath, Action act)
    {
        var stripe = (int)((uint)Hash(fullPath) % Stripes);
        lock (_locks[stripe])
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var file = Libc.OpenForLock(Path.Combine(_folder, $"{stripe:x2}"));
            // Without the lock between labs the turn within this one still holds: better than not to save.
            if (!file.IsInvalid)
                _ = Libc.LockWhole(file);
            act();
        }
    }

    /// <summary>The same in every process, unlike the platform's.</summary>
    private static int Hash(string text)
    {
        var hash = 17;
        foreach (var letter in text)
            hash = unchecked(hash * 31 + letter);
        return hash;
    }
}
