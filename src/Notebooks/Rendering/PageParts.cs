using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>The styles and scripts that pages are made of, and what a page may do.</summary>
internal static class PageParts
{
    /// <summary>Gives each frame the height that it says it needs.</summary>
    public const string FramesScript =
        "addEventListener('message',e=>{const h=e.data&&e.data.frameHeight;if(typeof h==='number')for(const f of document.querySelectorAll('iframe.jp-frame'))"
        + "if(f.contentWindow===e.source)f.style.height=Math.min(Math.max(h,20),20000)+'px'})";

    /// <summary>In a frame: says how high it is. It knows nothing else of its page.</summary>
    public const string FrameScript =
        "(()=>{const r=document.documentElement,t=()=>parent.postMessage({frameHeight:Math.ceil(r.getBoundingClientRect().height)},'*');new ResizeObserver(t).observe(r);addEventListener('load',t);t()})()";

    /// <summary>Sets what <c>katex</c> understands; the rest stays as TeX.</summary>
    public const string MathScript =
        "for(const c of document.querySelectorAll('code.math')){const s=document.createElement('span');try{katex.render(c.textContent,s,{displayMode:c.classList.contains('display'),throwOnError:true,strict:false,trust:false,maxSize:50,maxExpand:1000});c.replaceWith(s)}catch{c.classList.add('math-error')}}";

    private static readonly Lazy<string> Notebook = new(() => Resource("notebook.css"));
    private static readonly Lazy<string> Frame = new(() => Resource("frame.css"));

    /// <summary>How notebooks look.</summary>
    public static string NotebookStyle => Notebook.Value;

    /// <summary>How HTML in a frame looks.</summary>
    public static string FrameStyle => Frame.Value;

    /// <summary>
    /// The policy of a page (CSP): nothing but its own scripts runs. A frame inherits the policy of its page, so one with framed outputs has to let scripts run; what holds them then
    /// is the frame's sandbox, and that nothing else of the page holds any.
    /// </summary>
    /// <param name="hasFrames">Whether it has framed outputs.</param>
    /// <param name="scripts">Where its own scripts are.</param>
    /// <param name="styles">Where its styles are, if not in it.</param>
    public static string Policy(bool hasFrames, string scripts, string styles = "")
    {
        var run = hasFrames ? $"script-src {scripts} 'unsafe-inline' 'unsafe-eval' https: data: blob:; connect-src https: data: blob:; worker-src blob:; style-src {styles} https:" : $"script-src {scripts}; style-src {styles}";
        return $"default-src 'none'; {run} 'unsafe-inline'; font-src data:{(hasFrames ? " https:" : "")}; img-src * data: blob: file:; media-src * data: blob: file:; base-uri 'none'; form-action 'none'";
    }

    /// <summary>Scripts in a page, by their digests. A page with frames cannot name them: a policy with digests lets no other script run.</summary>
    public static string Digests(IEnumerable<string> scripts) =>
        string.Join(' ', scripts.Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'").DefaultIfEmpty("'none'"));

    public static string Resource(string name)
    {
        using var stream = typeof(PageParts).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program was built without {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
