//! What a digest says: how much is to be done, and where; never what.

use super::model::MailLanguage;
use super::store;
use crate::auth::Scope;
use crate::auth::store::scope_of;
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::tasks;
use crate::dossiers::tasks::model::{TaskFilters, TaskStatus};
use crate::error::Result;
use crate::values::{Day, Email, Interval};

/// How many tasks somebody has to see to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    pub overdue: i64,
    pub today: i64,
    /// In the seven days after today.
    pub week: i64,
    /// Nobody's, in the departments whose head they are; none where they are no head.
    pub unassigned: Option<i64>,
}

/// A mail that is ready to leave.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The same however often it leaves: whoever gets it twice can tell.
    pub id: Id,
    pub to: Email,
    pub subject: String,
    pub text: String,
}

impl Load {
    /// The open tasks that are somebody's to see to, as `GET /tasks?assignee=me` tells them.
    pub fn of(conn: &mut DbConn, scope: &Scope, today: Day) -> Result<Self> {
        let mut due = |from: Option<Day>, to: Day| {
            let mine = TaskFilters { assignee: Some("me".parse()?), due: Some(Interval { from, to: Some(to) }), status: Some(vec![TaskStatus::Open]) };
            tasks::store::count(conn, scope, None, &mine)
        };
        let (overdue, now, week) = (due(None, today.previous())?, due(Some(today), today)?, due(Some(today.next()), today.plus(7))?);
        Ok(Self { overdue, today: now, week, unassigned: tasks::store::count_unassigned(conn, scope)? })
    }

    pub fn is_empty(&self) -> bool {
        self.overdue + self.today + self.week + self.unassigned.unwrap_or(0) == 0
    }

    fn lines(&self, language: MailLanguage) -> String {
        let words = match language {
            MailLanguage::Fr => {
                ["En retard", "À faire aujourd'hui", "À faire dans les 7 jours", "Sans personne pour les faire"].map(|word| format!("{word} : "))
            }
            MailLanguage::En => ["Overdue", "Due today", "Due within 7 days", "Nobody's yet"].map(|word| format!("{word}: ")),
        };
        let figures = [Some(self.overdue), Some(self.today), Some(self.week), self.unassigned];
        words.iter().zip(figures).filter_map(|(word, figure)| figure.map(|figure| format!("{word}{figure}\n"))).collect()
    }
}

impl Letter {
    fn new(id: Id, to: Email, language: MailLanguage, load: Load, (day, link): (Day, &str)) -> Self {
        let lines = load.lines(language);
        let (subject, text) = match language {
            MailLanguage::Fr => (
                format!("Entraide : vos tâches du {}", day.0.format("%d/%m/%Y")),
                format!("Bonjour,\n\n{lines}\n{link}\n\nVous recevez ce message parce que vous l'avez demandé ; vous pouvez y renoncer dans votre compte.\n"),
            ),
            MailLanguage::En => (
                format!("Entraide: your tasks of {day}"),
                format!("Hello,\n\n{lines}\n{link}\n\nYou get this message because you asked for it; you can turn it off in your account.\n"),
            ),
        };
        Self { id, to, subject, text }
    }

    /// The mail to an account, as things are now; none where it is not wanted any more, or there is nothing to tell.
    pub fn write(conn: &mut DbConn, (id, user_id): (Id, Id), link: &str, now: Instant) -> Result<Option<Self>> {
        let (digest, today) = (store::find(conn, &Scope::console(), user_id, now)?, Day::of(now.0));
        let (Some(to), true) = (digest.email, digest.enabled) else { return Ok(None) };
        let Some(scope) = scope_of(conn, user_id, "tasks_list", now)? else { return Ok(None) };
        let load = Load::of(conn, &scope, today)?;
        Ok((!load.is_empty()).then(|| Self::new(id, to, digest.language, load, (today, link))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_figures_and_an_address_and_those_of_a_head_one_figure_more() {
        let load = Load { overdue: 1, today: 2, week: 3, unassigned: None };
        let (to, day) = (|| "claire@example.org".parse().unwrap(), "2026-11-22".parse().unwrap());
        let letter = |language, load| Letter::new(Id::new(), to(), language, load, (day, "https://app.example.org"));
        let french = letter(MailLanguage::Fr, Load { unassigned: Some(0), ..load });
        assert_eq!(french.subject, "Entraide : vos tâches du 22/11/2026");
        let lines = "En retard : 1\nÀ faire aujourd'hui : 2\nÀ faire dans les 7 jours : 3\nSans personne pour les faire : 0\n\nhttps://app.example.org\n";
        assert!(french.text.contains(lines), "{}", french.text);
        let english = letter(MailLanguage::En, load);
        assert!(english.text.contains("Overdue: 1\nDue today: 2\nDue within 7 days: 3\n\nhttps://app.example.org\n"), "{}", english.text);
        assert!(Load::default().is_empty() && !load.is_empty());
    }
}
