namespace Holdfast.Hub.Storage;

/// <summary>What must hold in a home for its programs to work.</summary>
internal static class HomeRules
{
    private const int OwnerOnly = 0b111_000_000, OwnersFile = 0b110_000_000, PublicFile = 0b110_100_100, MostFiles = 1000;

    /// <summary>Makes the home where there is none, 0700, and mends permissions of <c>.ssh</c> (700, private keys 600, public ones 644); a sentence for each thing that was mended. Links are not followed.</summary>
    public static IReadOnlyList<string> Mend(string home)
    {
        HubFolders.Make(home);
        var notes = new List<string>();
        using var root = Posix.OpenRoot(home);
        if (Posix.Status(root) is not { } own) return notes;
        Mend(root, ".", OwnerOnly, own, notes);
        using var ssh = Posix.OpenBelow(root, ".ssh", pathOnly: true);
        if (ssh.IsInvalid || Posix.Status(ssh) is not { IsFolder: true }) return notes;
        Mend(root, ".ssh", OwnerOnly, own, notes);
        foreach (var name in TreeCopy.Names(root, ".ssh").Order(StringComparer.Ordinal).Take(MostFiles))
            Mend(root, $".ssh/{name}", name.EndsWith(".pub", StringComparison.Ordinal) ? PublicFile : OwnersFile, own, notes);
        return notes;
    }

    /// <summary>ssh refuses keys that others may read, and files and folders that others may write or own; stricter permissions than these stay.</summary>
    private static void Mend(Microsoft.Win32.SafeHandles.SafeFileHandle root, string path, int most, PathStatus home, List<string> notes)
    {
        using var entry = Posix.OpenBelow(root, path, pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { } status || !(status.IsFolder || status.IsFile)) return;
        // Folders in it (sockets of shared connections) are their owner's, too.
        var wanted = status.IsFolder ? OwnerOnly : most;
        var name = path == "." ? "~" : $"~/{path}";
        if (status.User != home.User && Posix.Own(Posix.NameOf(entry), home.User, home.Group, follow: true)) notes.Add($"{name} belonged to user {status.User}; it belongs to you now.");
        if ((status.Permissions & ~wanted) == 0 && (status.Permissions & OwnersFile) == OwnersFile) return;
        if (Posix.Permit(entry, wanted)) notes.Add($"{name} had the permissions {Octal(status.Permissions)}; they are {Octal(wanted)} now.");
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(3, '0');
}
