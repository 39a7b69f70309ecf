using System.Security.Cryptography;

namespace Holdfast.Hub.People;

/// <summary>Random bytes in a file that only its owner can read.</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a file, and makes it where there is none.</summary>
    /// <exception cref="CryptographicException">It is there and is not what it should be. It is not made anew: what was encrypted with it would be lost.</exception>
    public static byte[] LoadOrCreate(string file, Func<byte[], bool> isGood, Func<byte[]> make)
    {
        HubFolders.Make(Path.GetDirectoryName(file)!);
        if (!File.Exists(file)) Create(file, make());
        File.SetUnixFileMode(file, OwnerOnly);
        var bytes = File.ReadAllBytes(file);
        return isGood(bytes) ? bytes : throw new CryptographicException($"{file} is damaged; mend: bring it back from a backup, or delete it (secrets that were stored with it are then to be set again)");
    }

    private static void Create(string file, byte[] bytes)
    {
        var temporary = $"{file}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: false);
    }
}
