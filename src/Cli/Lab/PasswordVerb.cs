using System.CommandLine;
using System.Text;
using Holdfast.Lab.Access;

namespace Holdfast.Cli.Lab;

/// <summary><c>holdfast lab password</c>: sets, changes or removes the password that logs in. A password never travels as an argument.</summary>
internal static class PasswordVerb
{
    public static Command Create()
    {
        var remove = new Option<bool>("--remove") { Description = "Remove the password; labs log in by token again." };
        var command = new Command("password", "Set the password that logs in to labs of this user. It is read from the terminal, or from the first line of standard input.") { remove };
        command.SetAction(parse => parse.GetValue(remove) ? Remove() : Set());
        return command;
    }

    private static int Remove()
    {
        if (!File.Exists(PasswordStore.FilePath)) return Output.Fail("no password is set.");
        File.Delete(PasswordStore.FilePath);
        Console.WriteLine("The password is removed. Labs that start now log in by token.");
        return 0;
    }

    private static int Set()
    {
        if (Surroundings.Home.Prepare() is { } fault) return Output.Fail(fault);
        var password = Ask("New password: ");
        if (password.Length == 0) return Output.Fail("an empty password would let everybody in; nothing was changed.");
        if (password.Length > PasswordHash.LongestPassword) return Output.Fail($"the password is longer than {PasswordHash.LongestPassword} characters; nothing was changed.");
        if (!Console.IsInputRedirected && Ask("Once more:    ") != password) return Output.Fail("the two were not the same; nothing was changed.");

        PasswordStore.Write(password);
        Console.WriteLine("The password is set. Labs that start now ask for it; who is logged in elsewhere by the old one is logged out then.");
        return 0;
    }

    private static string Ask(string prompt)
    {
        if (Console.IsInputRedirected) return Console.In.ReadLine() ?? "";
        Console.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.WriteLine();
        return typed.ToString();
    }
}
