using System.Text;

namespace Holdfast.Cli.Hub;

/// <summary>What must not stand on a command line: typed without being shown, or all of standard input.</summary>
internal static class SecretInput
{
    /// <summary>Reads it; a single line feed at the end is not part of it.</summary>
    public static string Read(string prompt)
    {
        if (Console.IsInputRedirected)
        {
            var text = Console.In.ReadToEnd();
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
