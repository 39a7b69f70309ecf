using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Notebooks.Trust;

/// <summary>The key of this user's signatures: the file <c>notebook_secret</c> in Jupyter's data folder, whatever bytes it holds.</summary>
internal static class NotebookSecret
{
    private const int Length = 1024;
    private const int LineLength = 76;
    private const UnixFileMode ForUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The secret; null when there is none yet.</summary>
    public static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The secret; one is made where there is none: 1,024 random bytes as lines of base64. Of two that make one at once the first counts.</summary>
    public static byte[] ReadOrMake(string path)
    {
        if (Read(path) is { } known)
            return known;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, ForUser | UnixFileMode.UserExecute);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        Write(temporary, Lines(RandomNumberGenerator.GetBytes(Length)), FileMode.CreateNew);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
        return File.ReadAllBytes(path);
    }

    /// <summary>Puts a new secret in the place of the old one: 1,024 random bytes as they are.</summary>
    public static void Renew(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, ForUser | UnixFileMode.UserExecute);
        Write(path, RandomNumberGenerator.GetBytes(Length), FileMode.Create);
        File.SetUnixFileMode(path, ForUser);
    }

    private static void Write(string path, byte[] secret, FileMode mode)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, UnixCreateMode = ForUser });
        file.Write(secret);
    }

    private static byte[] Lines(byte[] random)
    {
        var text = new StringBuilder(Convert.ToBase64String(random));
        for (var at = LineLength; at < text.Length; at += LineLength + 1)
            text.Insert(at, '\n');
        return Encoding.ASCII.GetBytes(text.Append('\n').ToString());
    }
}
