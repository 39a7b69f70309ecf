using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary>Keys for ssh on the account page: those that open machines, and those that machines have for elsewhere.</summary>
internal sealed class KeysPart(SshKeys keys, HomeKeys home, SshWays ways, HubHosts hosts, TimeProvider time)
{
    public async Task<Html> ShowAsync(HttpContext context, string name)
    {
        var now = time.GetUtcNow();
        var view = await ways.ViewAsync(context.RequestAborted);
        var host = new Uri(hosts.AddressFor(context.Request)).Host;
        return $"""
            <section><h2>Keys for ssh</h2><p class="hint">Public keys with which you log in to your machines. One that is removed opens nothing any more, and what is open by it ends.</p>
            {AccountPage.Table(["Name", "Fingerprint", "Last used", ""], keys.List(name).Select(key => AccountPage.Row($"{key.Name}", $"<code>{key.Fingerprint}</code>", $"{(key.Seen is { } seen ? Words.Ago(seen, now) : "never")}", AccountPage.Button("/account/keys/remove", "id", key.Id, "Remove"))))}
            <details><summary>Add a key</summary><form method="post" action="/account/keys"><label>Public key<textarea name="key" required autocomplete="off" spellcheck="false" placeholder="ssh-ed25519 AAAA… you@laptop"></textarea><small>The line of a file whose name ends in .pub.</small></label>
            <label>Name<input name="name" maxlength="80" placeholder="its comment" autocomplete="off"></label><button class="main">Add</button></form></details>
            <details><summary>How to log in</summary><p>With the command line: <code>holdfast ssh config</code>, then <code>ssh NAME.holdfast</code>; scp, sftp, rsync, git and editors know machines by that name.</p>{(view.Ok ? Gateway(view.Value, host) : $"""<p class="wrong">{view.Fault.Message}</p>""")}</details></section>
            <section><h2>Keys in your home</h2><p class="hint">With these your machines log in elsewhere, to GitHub for one. They lie in <code>~/.ssh</code>, the same in all of your machines.</p>
            {AccountPage.Table(["File", "Public key"], home.List(name).Select(key => AccountPage.Row($"<code>{key.Name}</code>", $"""<code class="long">{key.Public ?? "(there is no .pub file beside it)"}</code>""")))}
            <details><summary>Make a key</summary><form class="inline" method="post" action="/account/home-keys"><label>File<input name="name" value="id_ed25519" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></label><button class="main">Make</button></form></details>
            <details><summary>Bring a key</summary><form method="post" action="/account/home-keys"><label>File<input name="name" value="id_ed25519" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
            <label>Private key<textarea name="key" required autocomplete="off" spellcheck="false"></textarea></label><button class="main">Bring</button></form></details>
            <form class="inline" method="post" action="/account/home-keys/test"><label>Test it at<input name="host" value="git@github.com" required maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false"></label><button>Test</button></form></section>
            """;
    }

    private static Html Gateway(Api.Contract.SshView view, string host) => view.Gateway is not { } port
        ? (Html)$"<p>Computers without it need the gateway, which is off here: <code>ssh:</code> in hub.yaml.</p>"
        : $"""
            <p>Without it, in <code>~/.ssh/config</code>:</p><pre tabindex="0">Host *{view.Suffix}
              User {view.User}
              ProxyCommand ssh -p {port} {view.User}@{host} connect %n</pre>
            <p>and in <code>~/.ssh/known_hosts</code>:</p><pre tabindex="0">@cert-authority *{view.Suffix} {view.Authority}</pre>
            """;
}
