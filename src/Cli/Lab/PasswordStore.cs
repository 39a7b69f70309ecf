using Holdfast.Lab.Access;

namespace Holdfast.Cli.Lab;

/// <summary>The hash of the lab's password, in a file of mode 0600 in the state folder.</summary>
internal static class PasswordStore
{
    public static string FilePath => Path.Combine(Surroundings.Home.StateFolder, "password");

    /// <summary>The hash, or null when no password is set.</summary>
    public static string? Read() => File.Exists(FilePath) ? File.ReadAllText(FilePath).Trim() : null;

    /// <summary>Sets the password.</summary>
    public static void Write(string password)
    {
        var temporary = FilePath + ".new";
        // A file that is there keeps its mode.
        File.Delete(temporary);
        using (var writer = new StreamWriter(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            writer.WriteLine(PasswordHash.Create(password));
        }

        File.Move(temporary, FilePath, overwrite: true);
    }
}
